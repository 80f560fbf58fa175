import type { SqlHandle } from "../../driver/handle.ts";
import { loadSchema } from "../../schema/load-schema.ts";
import type { AnySchema, Column, Relation, UniqueKey } from "../../schema/snapshot.ts";
import { type ChangeOptions, sendStatements } from "../change-schema.ts";
import { equalOrNew } from "../diff/compare.ts";
import { createTableStatements } from "../diff/table-statements.ts";

const SCRATCH = { schema: "pg_temp", name: "rowfn_requested" };

/**
 * A snapshot with the requested table, which is created as a temporary table and dropped: only PostgreSQL can print its
 * expressions as those of an existing table. Foreign keys are left out, because a temporary table cannot have them.
 */
export async function printedTable(
  tx: SqlHandle,
  planned: Relation,
  options: ChangeOptions,
): Promise<AnySchema> {
  await sendStatements(tx, createTableStatements({ ...planned, ...SCRATCH, foreignKeys: [] }), options);
  const printed = await loadSchema(tx, { schemas: [SCRATCH.schema], settings: "any" });
  await sendStatements(tx, [`DROP TABLE "${SCRATCH.schema}"."${SCRATCH.name}"`], options);
  return printed;
}

/** The existing table as it should be. Existing indexes and comments remain, and equal constraints keep their names. */
export function requestedTable(printed: AnySchema, planned: Relation, existing: Relation): Relation {
  const requested = printed.relations.find(({ name }) => name === SCRATCH.name)!;
  const uniqueKeys = requested.uniqueKeys.map(key => equalOrNew(key, existing.uniqueKeys));
  const indexes = requested.indexes.map(index => equalOrNew(index, existing.indexes));
  return {
    ...existing,
    columns: requested.columns.map(column => requestedColumn(column, existing)),
    primaryKey: requested.primaryKey && equalOrNew(requested.primaryKey, primaryKeys(existing)),
    uniqueKeys: [...uniqueKeys, ...others(existing.uniqueKeys, uniqueKeys).filter(key => !key.isConstraint)],
    indexes: [...indexes, ...others(existing.indexes, indexes)],
    checks: requested.checks.map(check => equalOrNew(check, existing.checks)),
    foreignKeys: planned.foreignKeys.map(key => equalOrNew(key, existing.foreignKeys)),
    comment: requested.comment ?? existing.comment,
  };
}

function requestedColumn(column: Column, { columns }: Relation): Column {
  const old = columns.find(({ name }) => name === column.name);
  return {
    ...column,
    isInherited: old?.isInherited ?? false,
    comment: column.comment ?? old?.comment ?? null,
    settings: old?.settings,
  };
}

function primaryKeys({ primaryKey }: Relation): readonly UniqueKey[] {
  return primaryKey === null ? [] : [primaryKey];
}

function others<Thing extends { readonly name: string }>(
  existing: readonly Thing[],
  used: readonly Thing[],
): readonly Thing[] {
  return existing.filter(({ name }) => !used.some(one => one.name === name));
}
