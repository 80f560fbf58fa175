import { deepFreeze } from "../schema/deep-freeze.ts";
import { relationId } from "../schema/relation-name.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";

/** Relation → column → the type that the column had in statements without a mark. */
type SeenTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

// The history of this process's connections is not part of a snapshot: equal databases have equal snapshots.
const marks = new WeakMap<Relation, string>();
const seen = new WeakMap<readonly Relation[], SeenTypes>();

/**
 * A comment that follows the name of a relation in statements after the type of a column has changed. The connections
 * of a pool cache prepared statements by their text, and PostgreSQL rejects the old ones with "cached plan must not
 * change result type", which a transaction cannot recover from.
 */
export function planMark(relation: Relation): string {
  return marks.get(relation) ?? "";
}

/** A copy of a relation with changes, with its own plan and caches, and the mark of the original. */
export function copyRelation(relation: Relation, changes: Partial<Relation> = {}): Relation {
  const copy = Object.freeze({ ...relation, ...changes });
  const mark = marks.get(relation);
  if (mark !== undefined) marks.set(copy, mark);
  if (hasIdentityValues(relation)) identityValues.add(copy);
  return copy;
}

/** The snapshot with changes of one relation. */
export function withRelation(schema: AnySchema, relation: Relation, changes: Partial<Relation>): AnySchema {
  const changed = copyRelation(relation, deepFreeze(changes));
  const relations = schema.relations.map(one => (one === relation ? changed : one));
  return Object.freeze({ ...schema, relations: Object.freeze(relations) });
}

const identityValues = new WeakSet<Relation>();

/** A copy of a relation whose GENERATED ALWAYS identity columns accept values. */
export function withIdentityValues(relation: Relation): Relation {
  const copy = copyRelation(relation);
  identityValues.add(copy);
  return copy;
}

/** Whether the GENERATED ALWAYS identity columns of a relation accept values. */
export function hasIdentityValues(relation: Relation): boolean {
  return identityValues.has(relation);
}

/** The snapshot after a change of tables, with marks for relations whose cached statements are stale. */
export function withPlanMarks<Schema extends AnySchema>(before: AnySchema, after: Schema): Schema {
  const known = new Map(seen.get(before.relations));
  for (const relation of before.relations) if (!marks.has(relation)) see(known, relation);
  for (const relation of after.relations)
    if (hasOtherTypes(known.get(relationId(relation)), relation)) marks.set(relation, markOf(relation));
    else see(known, relation);
  seen.set(after.relations, known);
  // If the change is rolled back, the next one begins with the same snapshot on the same connections.
  seen.set(before.relations, known);
  return after;
}

function see(known: Map<string, ReadonlyMap<string, string>>, relation: Relation): void {
  const types = relation.columns.map(({ name, type }) => [name, type] as const);
  known.set(relationId(relation), new Map([...(known.get(relationId(relation)) ?? []), ...types]));
}

function hasOtherTypes(known: ReadonlyMap<string, string> | undefined, { columns }: Relation): boolean {
  return columns.some(({ name, type }) => (known?.get(name) ?? type) !== type);
}

// Equal types have equal marks, so that one text never has two result types.
function markOf({ columns }: Relation): string {
  const types = JSON.stringify(columns.map(({ name, type }) => [name, type]));
  return ` /* ${new Bun.CryptoHasher("sha256").update(types).digest("hex").slice(0, 8)} */`;
}
