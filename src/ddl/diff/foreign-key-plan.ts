import type { AnySchema, ForeignKey, Relation, RelationName } from "../../schema/snapshot.ts";
import type { KeyPart } from "./key-plan.ts";
import { isSame, matched } from "./matched.ts";

/** A foreign key with its table. */
export interface OwnedForeignKey {
  readonly table: Relation;
  readonly key: ForeignKey;
}

export interface ForeignKeyPlan {
  readonly gone: readonly OwnedForeignKey[];
  readonly made: readonly OwnedForeignKey[];
}

/** What happens to the tables at both ends of foreign keys. */
export interface ForeignKeyContext {
  readonly from: AnySchema;
  readonly to: AnySchema;
  /** Whether the table of that name stays. */
  readonly stays: (name: RelationName) => boolean;
  /** Its columns that are dropped, retyped or moved. */
  readonly touched: (name: RelationName) => ReadonlySet<string>;
  /** Its keys that are dropped. */
  readonly goneKeys: (name: RelationName) => readonly KeyPart[];
  /** Whether it becomes unlogged or logged: foreign keys allow that at neither end. */
  readonly changesPersistence: (name: RelationName) => boolean;
  /** Whether it leaves its parents for the time of the migration, or its partitions leave it. */
  readonly isLoose: (name: RelationName) => boolean;
}

export function foreignKeyPlan(context: ForeignKeyContext): ForeignKeyPlan {
  const pairs = matched(owned(context.from), owned(context.to), nameOf);
  const changed = pairs.filter(({ before, after }) => {
    if (before === undefined || after === undefined || !isSame(before.key, after.key, ["comment"]))
      return true;
    return isCut(context, before);
  });
  return {
    gone: changed.flatMap(({ before }) =>
      before === undefined || goesAnyway(context, before) ? [] : [before],
    ),
    made: changed.flatMap(({ after }) => (after === undefined ? [] : [after])),
  };
}

function owned({ relations }: AnySchema): readonly OwnedForeignKey[] {
  return relations.flatMap(table => table.foreignKeys.map(key => ({ table, key })));
}

function nameOf({ table, key }: OwnedForeignKey): string {
  return JSON.stringify([table.schema, table.name, key.name]);
}

/** Whether it cannot outlive what happens to either table. */
function isCut(context: ForeignKeyContext, { table, key }: OwnedForeignKey): boolean {
  const { references } = key;
  if (!context.stays(table) || !context.stays(references) || context.isLoose(references)) return true;
  if (context.changesPersistence(table) || context.changesPersistence(references)) return true;
  const [own, others] = [context.touched(table), context.touched(references)];
  if (key.columns.some(name => own.has(name)) || references.columns.some(name => others.has(name)))
    return true;
  return context.goneKeys(references).some(gone => isKeyOf(gone, references.columns));
}

function isKeyOf({ kind, part }: KeyPart, columns: readonly string[]): boolean {
  if (kind !== "primaryKey" && kind !== "uniqueKey") return false;
  return part.columns.length === columns.length && columns.every(name => part.columns.includes(name));
}

// With its table, unless the other one, or the key it refers to, goes before it; a partition's with the parent's.
function goesAnyway(context: ForeignKeyContext, { table, key }: OwnedForeignKey): boolean {
  const { references } = key;
  if (!context.stays(table)) {
    if (references.schema === table.schema && references.name === table.name) return true;
    const goesFirst = context.goneKeys(references).some(gone => isKeyOf(gone, references.columns));
    return context.stays(references) && !goesFirst && !context.isLoose(references);
  }
  return table.isPartition && !context.isLoose(table) && isParents(context.from, table, key);
}

function isParents({ relations }: AnySchema, table: Relation, key: ForeignKey): boolean {
  return relations.some(
    parent =>
      table.parents.some(({ schema, name }) => schema === parent.schema && name === parent.name) &&
      parent.foreignKeys.some(
        other => isSame(other.references, key.references) && isSame(other.columns, key.columns),
      ),
  );
}
