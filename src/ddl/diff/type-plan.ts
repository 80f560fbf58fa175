import { partsOf } from "../../schema/pg-type.ts";
import type {
  AnySchema,
  CompositeType,
  DomainType,
  EnumType,
  PgType,
  RangeType,
} from "../../schema/snapshot.ts";
import { inOrderOfNeed, isSame } from "./matched.ts";

/** A type that CREATE TYPE makes; arrays and multiranges come with theirs. */
export type OwnType = EnumType | DomainType | CompositeType | RangeType;

/** What happens to types, by their keys. */
export interface TypePlan {
  readonly before: ReadonlyMap<string, OwnType>;
  readonly after: ReadonlyMap<string, OwnType>;
  /** In both, but only another type of that name can be what is wanted: columns have to move over. */
  readonly replaced: ReadonlySet<string>;
  /** Made, the replaced ones too, each behind those it needs. */
  readonly made: readonly string[];
  /** Dropped, the replaced ones too, each before those it needs. */
  readonly gone: readonly string[];
  /** In both and changed in place. */
  readonly altered: readonly string[];
}

export function typePlan(from: AnySchema, to: AnySchema): TypePlan {
  const [before, after] = [ownTypes(from), ownTypes(to)];
  const both = [...before.keys()].filter(key => after.has(key));
  const replaced = replacedTypes(from, to, before, after, both);
  const made = [...after.keys()].filter(key => !before.has(key) || replaced.has(key));
  return {
    before,
    after,
    replaced,
    made: inOrderOfNeed(made, key => partsOf(to.types[key]!)),
    gone: [...inOrderOfNeed([...before.keys()], key => partsOf(from.types[key]!))]
      .filter(key => !after.has(key) || replaced.has(key))
      .reverse(),
    altered: both.filter(
      key => !replaced.has(key) && !isSame(before.get(key)!, after.get(key)!, ["comment"]),
    ),
  };
}

// Without those of extensions, and without the row types of tables.
function ownTypes({ types, relations }: AnySchema): ReadonlyMap<string, OwnType> {
  const tables = new Set(relations.map(({ schema, name }) => JSON.stringify([schema, name])));
  const entries = Object.entries(types).filter(
    (entry): entry is [string, OwnType] =>
      ["enum", "domain", "composite", "range"].includes(entry[1].kind) &&
      entry[1].schema !== "pg_catalog" &&
      entry[1].extension === null &&
      !tables.has(JSON.stringify([entry[1].schema, entry[1].name])),
  );
  return new Map(entries);
}

function replacedTypes(
  from: AnySchema,
  to: AnySchema,
  before: ReadonlyMap<string, OwnType>,
  after: ReadonlyMap<string, OwnType>,
  both: readonly string[],
): ReadonlySet<string> {
  const replaced = new Set(both.filter(key => !isAlterable(from, key, before.get(key)!, after.get(key)!)));
  // Attributes of a composite type are dropped and added instead.
  const followers = inOrderOfNeed(both, key => partsOf(to.types[key]!)).filter(
    key => after.get(key)!.kind !== "composite",
  );
  for (const key of followers)
    if (partsOf(to.types[key]!).some(part => isReplacedType(to, replaced, part))) replaced.add(key);
  return replaced;
}

/** Whether a type is one of these or made of them. */
export function isReplacedType({ types }: AnySchema, replaced: ReadonlySet<string>, key: string): boolean {
  if (replaced.has(key)) return true;
  const type = types[key];
  if (type?.kind === "array") return isReplacedType({ types } as AnySchema, replaced, type.element);
  return type?.kind === "multirange" && replaced.has(type.range);
}

function isAlterable(from: AnySchema, key: string, before: OwnType, after: OwnType): boolean {
  if (before.kind === "enum" && after.kind === "enum") return isPartOf(before.labels, after.labels);
  if (before.kind === "composite" && after.kind === "composite") return true;
  if (before.kind === "range" && after.kind === "range") return before.subtype === after.subtype;
  if (before.kind !== "domain" || after.kind !== "domain") return false;
  if (before.baseType !== after.baseType || before.collation !== after.collation) return false;
  return !isStricter(before, after) || !Object.values(from.types).some(type => isMadeOf(type, key));
}

/** Whether labels only have to be added: they stay in their order. */
function isPartOf(labels: readonly string[], all: readonly string[]): boolean {
  return isSame(
    labels,
    all.filter(label => labels.includes(label)),
  );
}

function isStricter(before: DomainType, after: DomainType): boolean {
  return (
    (after.notNull && !before.notNull) ||
    after.checks.some(check => !before.checks.some(known => isSame(check, known, ["comment"])))
  );
}

// PostgreSQL cannot check values inside of others: it refuses a new constraint on such a domain.
function isMadeOf(type: PgType, key: string): boolean {
  return type.kind !== "domain" && partsOf(type).includes(key);
}
