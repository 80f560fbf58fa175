import { quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, ForeignKey, Relation, RelationName } from "../../schema/snapshot.ts";
import { foreignKeyConstraintSql } from "../define/constraint-definition.ts";
import type { KeyPart } from "../define/key-parts.ts";
import { isSame, pairByName } from "./compare.ts";
import { dropConstraintSql } from "./keys.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";

/** A foreign key with its table. */
export interface OwnedForeignKey {
  readonly table: Relation;
  readonly key: ForeignKey;
}

export interface ForeignKeyPlan {
  readonly dropped: readonly OwnedForeignKey[];
  readonly created: readonly OwnedForeignKey[];
}

/** The changes of the tables at both ends of foreign keys. */
export interface ForeignKeyContext {
  readonly from: AnySchema;
  readonly to: AnySchema;
  /** Whether the table of that name exists before and after. */
  readonly remains: (name: RelationName) => boolean;
  /** The columns that are dropped, converted or moved. */
  readonly rebuilt: (name: RelationName) => ReadonlySet<string>;
  readonly droppedKeys: (name: RelationName) => readonly KeyPart[];
  /** Whether the table becomes logged or unlogged; PostgreSQL rejects it if the other end of a foreign key has to follow. */
  readonly changesPersistence: (name: RelationName) => boolean;
  /** Whether the table or its partitions are detached during the migration. */
  readonly isSeparated: (name: RelationName) => boolean;
}

export function foreignKeyPlan(context: ForeignKeyContext): ForeignKeyPlan {
  const pairs = pairByName(foreignKeysOf(context.from), foreignKeysOf(context.to), idOf);
  const changed = pairs.filter(({ before, after }) => {
    if (before === undefined || after === undefined) return true;
    return !isSame(before.key, after.key, ["comment"]) || isInTheWay(context, before);
  });
  return {
    dropped: changed.flatMap(({ before }) =>
      before === undefined || isDroppedImplicitly(context, before) ? [] : [before],
    ),
    created: changed.flatMap(({ after }) => (after === undefined ? [] : [after])),
  };
}

// The keys of a parent bring the copies of its partitions.
function foreignKeysOf({ relations }: AnySchema): readonly OwnedForeignKey[] {
  return relations.flatMap(table =>
    table.foreignKeys.filter(({ isInherited }) => !isInherited).map(key => ({ table, key })),
  );
}

function idOf({ table, key }: OwnedForeignKey): string {
  return JSON.stringify([table.schema, table.name, key.name]);
}

/** Whether a change of either table requires that the foreign key is recreated. */
function isInTheWay(context: ForeignKeyContext, { table, key }: OwnedForeignKey): boolean {
  const { references } = key;
  const tables = [table, references];
  if (!tables.every(context.remains) || tables.every(context.changesPersistence)) return true;
  const own = context.rebuilt(table);
  return (
    context.isSeparated(references) ||
    key.columns.some(name => own.has(name)) ||
    losesReferencedKey(context, key)
  );
}

// A key is dropped too if one of its columns is dropped, converted or moved.
function losesReferencedKey({ droppedKeys }: ForeignKeyContext, { references }: ForeignKey): boolean {
  return droppedKeys(references).some(({ kind, part }) => {
    if (kind !== "primaryKey" && kind !== "uniqueKey") return false;
    const { columns } = part;
    return (
      columns.length === references.columns.length && references.columns.every(name => columns.includes(name))
    );
  });
}

/** Whether the foreign key is dropped with its table. */
function isDroppedImplicitly(context: ForeignKeyContext, { table, key }: OwnedForeignKey): boolean {
  const { references } = key;
  if (context.remains(table)) return false;
  // A partition of the table cannot be dropped or detached while the key refers to it.
  if (isSameName(references, table)) return table.kind !== "partitioned";
  // Otherwise the referenced table or key is dropped before this table.
  return context.remains(references) && !losesReferencedKey(context, key) && !context.isSeparated(references);
}

export function dropForeignKeyStep({ table, key }: OwnedForeignKey): MigrationStep {
  return step(dropConstraintSql(table, key));
}

/** Adds a foreign key; `hasRows` tells whether the table existed before. */
export function addForeignKeyStep({ table, key }: OwnedForeignKey, hasRows: boolean): MigrationStep {
  const text = `ALTER TABLE ${quoteName(table)} ADD ${foreignKeyConstraintSql(key)}`;
  const { schema, name } = key.references;
  return hasRows && key.validated
    ? uncertainStep(
        text,
        `${table.schema}.${table.name}: existing rows may refer to no row of ${schema}.${name}`,
      )
    : step(text);
}
