import { isSystemType, partsOf } from "../../schema/pg-type.ts";
import { relationId } from "../../schema/relation-name.ts";
import type {
  AnySchema,
  CompositeType,
  DomainType,
  EnumType,
  PgType,
  RangeType,
} from "../../schema/snapshot.ts";
import { dependencyOrder, isSame } from "./compare.ts";
import { multirangeKey, withMultirange } from "./range-types.ts";
import { type TemporaryNames, temporaryNames } from "./temporary-names.ts";
import { consistsOf, neededTypes } from "./type-names.ts";

/** A type that CREATE TYPE or CREATE DOMAIN creates; arrays and multiranges come with it. */
export type OwnType = EnumType | DomainType | CompositeType | RangeType;

/** The changes of types, by their keys. */
export interface TypePlan {
  readonly before: ReadonlyMap<string, OwnType>;
  readonly after: ReadonlyMap<string, OwnType>;
  /** The types that no ALTER can change: a new type of the same name replaces them, and columns are converted. */
  readonly replaced: ReadonlySet<string>;
  /** The dropped and replaced types whose names other objects take first, with the multiranges of dropped ranges. */
  readonly renamed: TemporaryNames<PgType>;
  /** New and replaced types; each follows the types that it needs. */
  readonly created: readonly string[];
  /** Dropped and replaced types; each precedes the types that it needs. */
  readonly dropped: readonly string[];
  /** The types that ALTER changes. */
  readonly altered: readonly string[];
  readonly composites: readonly CompositeChange[];
}

type Attribute = CompositeType["attributes"][number];

/** The attributes of a composite type that ALTER TYPE drops and then adds after the last one. */
export interface CompositeChange {
  readonly type: CompositeType;
  readonly dropped: readonly Attribute[];
  readonly added: readonly Attribute[];
}

interface OwnTypes {
  readonly before: ReadonlyMap<string, OwnType>;
  readonly after: ReadonlyMap<string, OwnType>;
}

export function typePlan(from: AnySchema, to: AnySchema): TypePlan {
  const own = { before: ownTypes(from), after: ownTypes(to) };
  const { before, after } = own;
  const both = [...before.keys()].filter(key => after.has(key));
  const replaced = replacedTypes(from, to, own, both);
  const created = [...after.keys()].filter(key => !before.has(key) || replaced.has(key));
  const altered = both.filter(
    key => !replaced.has(key) && !isSame(before.get(key)!, after.get(key)!, ["comment"]),
  );
  const dropped = [...dependencyOrder([...before.keys()], key => neededTypes(from, key))]
    .filter(key => !after.has(key) || replaced.has(key))
    .reverse();
  return {
    ...own,
    replaced,
    renamed: temporaryNames(from, to, droppedTypes(from, { dropped })),
    created: dependencyOrder(created, key => neededTypes(to, key)),
    dropped,
    altered,
    composites: compositeChanges(to, own, replaced, altered),
  };
}

// Without the types of extensions and the row types of tables.
function ownTypes({ types, relations }: AnySchema): ReadonlyMap<string, OwnType> {
  const tables = new Set(relations.map(relationId));
  const entries = Object.entries(types).filter(
    (entry): entry is [string, OwnType] =>
      ["enum", "domain", "composite", "range"].includes(entry[1].kind) &&
      !isSystemType(entry[1]) &&
      entry[1].extension === null &&
      !tables.has(relationId(entry[1])),
  );
  return new Map(entries);
}

function replacedTypes(
  from: AnySchema,
  to: AnySchema,
  { before, after }: OwnTypes,
  both: readonly string[],
): ReadonlySet<string> {
  const replaced = new Set(
    Object.keys(from.types).filter(
      key => key in to.types && (before.has(key) !== after.has(key) || !isAlterable(from, to, key)),
    ),
  );
  for (const key of dependencyOrder(both, one => neededTypes(to, one))) {
    const [old, now] = [before.get(key)!, after.get(key)!];
    const isNewPart = (part: string): boolean => isReplacedType(to, replaced, part);
    if (old.kind === "composite" && now.kind === "composite") {
      if (isRetyped(old, now, isNewPart) && isStored(from, now)) replaced.add(key);
      continue;
    }
    // A check that names a replaced type has to be dropped and added.
    const isRechecked = neededTypes(from, key).some(isNewPart) && isContained(from, key);
    if (partsOf(now).some(isNewPart) || isRechecked) replaced.add(key);
  }
  return replaced;
}

/** Whether only the types of attributes change, so that the text of a value is one of the new type. */
function isRetyped(
  before: CompositeType,
  after: CompositeType,
  isNewPart: (key: string) => boolean,
): boolean {
  const names = ({ attributes }: CompositeType): readonly string[] => attributes.map(({ name }) => name);
  const isChanged =
    !isSame(before.attributes, after.attributes) ||
    after.attributes.some(({ typeKey }) => isNewPart(typeKey));
  return isChanged && isSame(names(before), names(after));
}

/** Whether a table has a column with values of the type, which would be lost with an attribute. */
function isStored(schema: AnySchema, type: CompositeType): boolean {
  return schema.relations.some(
    ({ kind, columns }) =>
      (kind === "table" || kind === "partitioned") &&
      columns.some(({ typeKey }) => consistsOf(schema, typeKey, relationId(type))),
  );
}

/** Whether a type is replaced, or is an array or multirange of a replaced type. */
export function isReplacedType(
  { types }: Pick<AnySchema, "types">,
  replaced: ReadonlySet<string>,
  key: string,
): boolean {
  if (replaced.has(key)) return true;
  const type = types[key];
  if (type?.kind === "array") return isReplacedType({ types }, replaced, type.element);
  return type?.kind === "multirange" && replaced.has(type.range);
}

/** Whether a type remains, perhaps changed by ALTER TYPE or ALTER DOMAIN. */
function isAlterable(from: AnySchema, to: AnySchema, key: string): boolean {
  const [before, after] = [from.types[key]!, to.types[key]!];
  if (before.kind === "enum" && after.kind === "enum") return keepsLabels(before.labels, after.labels);
  if (after.kind === "range")
    return isSame(before, after, ["comment"]) && multirangeKey(from, key) === multirangeKey(to, key);
  if (before.kind === "multirange" && after.kind === "multirange") return before.range === after.range;
  if (before.kind !== "domain" || after.kind !== "domain") return before.kind === after.kind;
  if (before.baseType !== after.baseType || before.collation !== after.collation) return false;
  return !isStricter(before, after) || !(isContained(from, key) || isContained(to, key));
}

/** The dropped and replaced types, with the multiranges of ranges. */
export function droppedTypes(from: AnySchema, { dropped }: Pick<TypePlan, "dropped">): readonly PgType[] {
  return dropped.flatMap(key => withMultirange(from, key));
}

/** Whether all labels remain in their order, so that labels only have to be added. */
function keepsLabels(before: readonly string[], after: readonly string[]): boolean {
  return isSame(
    before,
    after.filter(label => before.includes(label)),
  );
}

function isStricter(before: DomainType, after: DomainType): boolean {
  return (after.notNull && !before.notNull) || checksOnlyIn(after, before).length > 0;
}

/** The checks that the other domain does not have. */
export function checksOnlyIn(domain: DomainType, other: DomainType): DomainType["checks"] {
  return domain.checks.filter(check => !other.checks.some(known => isSame(check, known, ["comment"])));
}

// PostgreSQL rejects a new constraint on a domain that other types contain.
function isContained({ types }: AnySchema, key: string): boolean {
  return Object.values(types).some(type => type.kind !== "domain" && partsOf(type).includes(key));
}

function compositeChanges(
  to: AnySchema,
  { before, after }: OwnTypes,
  replaced: ReadonlySet<string>,
  altered: readonly string[],
): readonly CompositeChange[] {
  const keys = new Set([...altered, ...after.keys()]);
  return [...keys].flatMap(key => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old?.kind !== "composite" || now?.kind !== "composite" || replaced.has(key)) return [];
    return [compositeChange(to, replaced, old, now)];
  });
}

/** The composite types that lose attributes. */
export function shrunkTypes({ composites }: TypePlan): readonly CompositeType[] {
  return composites.filter(({ dropped }) => dropped.length > 0).map(({ type }) => type);
}

// PostgreSQL cannot insert an attribute before others, so all from the first difference are recreated.
function compositeChange(
  to: AnySchema,
  replaced: ReadonlySet<string>,
  before: CompositeType,
  after: CompositeType,
): CompositeChange {
  const isUnchanged = (attribute: Attribute): boolean =>
    !isReplacedType(to, replaced, attribute.typeKey) &&
    before.attributes.some(known => isSame(known, attribute));
  const order = before.attributes.filter(({ name }) =>
    after.attributes.some(attribute => attribute.name === name && isUnchanged(attribute)),
  );
  const index = after.attributes.findIndex(({ name }, at) => order[at]?.name !== name);
  const first = index === -1 ? after.attributes.length : index;
  const unchanged = new Set(after.attributes.slice(0, first).map(({ name }) => name));
  return {
    type: after,
    dropped: before.attributes.filter(({ name }) => !unchanged.has(name)),
    added: after.attributes.slice(first),
  };
}
