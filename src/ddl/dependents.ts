import { ArgumentError } from "../errors.ts";
import { childrenOf } from "../schema/partitions.ts";
import { type Referrer, referrersOf } from "../schema/referrers.ts";
import { isSameName } from "../schema/relation.ts";
import type { AnySchema, Relation, RelationName, UniqueKey } from "../schema/snapshot.ts";
import { isConstraint, type KeyPart, keyParts, partColumns } from "./define/key-parts.ts";
import { mentions, readsColumns } from "./expression-columns.ts";

/** Something that depends on a table or on some of its columns. */
export interface Dependent {
  /**
   * `part`: a key, index or constraint of the table, which PostgreSQL silently drops with any of its columns.
   * `reference`: something else, which PostgreSQL drops with CASCADE only.
   */
  readonly kind: "part" | "reference";
  /** As in a message: `unique index live`, `foreign key fan_person_id_fkey of fan`. */
  readonly label: string;
  /** The table that has the dependent. */
  readonly table: string;
  readonly name: string;
  /** Whether the dependent consists of only the given columns, so that it is dropped with them. */
  readonly isWhole: boolean;
  /** Whether the type of a column that the dependent uses cannot change; views are recreated. */
  readonly fixesType: boolean;
}

/** The objects that depend on at least one of a table's columns. Triggers, policies and rules are not among them. */
export function columnDependents(
  schema: AnySchema,
  relation: Relation,
  columns: readonly string[],
): readonly Dependent[] {
  return dependentsIn(schema, relation, columns, new Set());
}

function dependentsIn(
  schema: AnySchema,
  relation: Relation,
  columns: readonly string[],
  inherited: ReadonlySet<string>,
): readonly Dependent[] {
  const names = new Set(columns);
  const parts = partsOf(relation).filter(part => !inherited.has(partKey(part)));
  const known = new Set([...inherited, ...parts.map(partKey)]);
  return [
    ...parts.flatMap(part => partDependent(relation, part, names)),
    ...generatedDependents(relation, names),
    ...referrersOf(schema, relation)
      .filter(({ foreignKey }) => foreignKey.references.columns.some(name => names.has(name)))
      .map(foreignKeyDependent),
    ...viewsOf(schema, relation)
      .filter(({ definition }) => readsColumns(definition, relation, names))
      .map(viewDependent),
    // A column is dropped from them too.
    ...childrenOf(schema, relation).flatMap(child => childDependents(schema, child, columns, known)),
  ];
}

/** The foreign keys that refer to exactly the columns of a key. */
export function keyDependents(
  schema: AnySchema,
  relation: Relation,
  { columns }: UniqueKey,
): readonly Dependent[] {
  const names = new Set(columns);
  return referrersOf(schema, relation)
    .filter(
      ({ foreignKey: { references } }) => new Set(references.columns).symmetricDifference(names).size === 0,
    )
    .map(foreignKeyDependent);
}

/** The objects that depend on a table or view as a whole: foreign keys of other tables, and views. */
export function relationDependents(schema: AnySchema, relation: Relation): readonly Dependent[] {
  return [
    ...referrersOf(schema, relation)
      .filter(({ table }) => table !== relation.key)
      .map(foreignKeyDependent),
    ...viewsOf(schema, relation).map(viewDependent),
  ];
}

/**
 * Throws ArgumentError that lists the dependents, if there are any.
 * @param place the table or column that the message begins with
 * @param target what the dependents depend on: `this column`
 * @param advice from the pronoun, `it` or `them`
 */
export function requireNoDependents(
  place: string,
  target: string,
  dependents: readonly Dependent[],
  advice: (pronoun: "it" | "them") => string,
): void {
  const labels = [...new Set(dependents.map(({ label }) => label))];
  if (labels.length === 0) return;
  const [verb, pronoun] = labels.length === 1 ? (["depends", "it"] as const) : (["depend", "them"] as const);
  throw new ArgumentError(`${place}: ${listText(labels)} ${verb} on ${target}; ${advice(pronoun)}`);
}

function listText(items: readonly string[]): string {
  const last = items.at(-1)!;
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** The advice where CASCADE helps. */
export function cascadeAdvice(pronoun: "it" | "them"): string {
  return `cascade: true drops ${pronoun} too`;
}

/** The advice where it does not. */
export function dropFirstAdvice(pronoun: "it" | "them"): string {
  return `drop ${pronoun} first`;
}

interface Part {
  readonly noun: string;
  readonly name: string;
  readonly columns: readonly string[];
}

function partsOf(relation: Relation): readonly Part[] {
  const known = new Set(relation.columns.map(({ name }) => name));
  return [
    ...keyParts(relation).map(key => ({
      noun: partNoun(key),
      name: key.part.name,
      columns: partColumns(key).filter(name => known.has(name)),
    })),
    ...relation.foreignKeys.map(({ name, columns }) => ({ noun: "foreign key", name, columns })),
  ];
}

const NOUNS = {
  primaryKey: "primary key",
  uniqueKey: "unique constraint",
  index: "index",
  check: "check",
  exclusion: "exclusion constraint",
} as const;

function partNoun(key: KeyPart): string {
  return key.kind === "uniqueKey" && !isConstraint(key) ? "unique index" : NOUNS[key.kind];
}

function partDependent(
  relation: Relation,
  { noun, name, columns }: Part,
  names: ReadonlySet<string>,
): readonly Dependent[] {
  if (!columns.some(column => names.has(column))) return [];
  const isWhole = columns.every(column => names.has(column));
  const table = relation.key;
  return [{ kind: "part", label: `${noun} ${name}`, table, name, isWhole, fixesType: false }];
}

function generatedDependents({ key, columns }: Relation, names: ReadonlySet<string>): readonly Dependent[] {
  return columns
    .filter(({ name, generationExpression }) => !names.has(name) && mentions(generationExpression, names))
    .map(({ name }) => ({ ...reference(key, name, `generated column ${name}`), fixesType: true }));
}

function foreignKeyDependent({ table, foreignKey: { name } }: Referrer): Dependent {
  return reference(table, name, `foreign key ${name} of ${table}`);
}

function viewDependent({ key, name }: Relation): Dependent {
  return reference(key, name, `view ${key}`);
}

/** A dependent that refers to a column or type from outside its table. */
export function reference(table: string, name: string, label: string): Dependent {
  return { kind: "reference", label, table, name, isWhole: false, fixesType: false };
}

/** The views whose queries read a relation. */
function viewsOf({ relations }: AnySchema, name: RelationName): readonly Relation[] {
  return relations.filter(({ dependsOn }) => dependsOn.some(one => isSameName(one, name)));
}

function childDependents(
  schema: AnySchema,
  child: Relation,
  columns: readonly string[],
  inherited: ReadonlySet<string>,
): readonly Dependent[] {
  return dependentsIn(schema, child, columns, inherited).map(dependent =>
    dependent.table === child.key ? { ...dependent, label: `${dependent.label} of ${child.key}` } : dependent,
  );
}

// A partition's copy of a key or index has another name, and is dropped with the original.
function partKey({ noun, columns }: Part): string {
  return JSON.stringify([noun, columns]);
}
