import { requireUnscoped } from "../schema/arguments.ts";
import type { ChangedTable } from "../schema/changed-table.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import { addColumnsText, type ColumnTypes, newColumnTypes } from "../statements/new-columns-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { runValues } from "./run-values.ts";
import { schemaAfter } from "./schema-after.ts";
import { requireValidRows, type TableContext, type WriteContext, withoutColumns } from "./write.ts";

/** The option `alter` of a write. */
export interface AlterOptions {
  /** `true` adds the columns that rows have and the table does not; the result then has the new snapshot. */
  readonly alter?: boolean;
}

/** A result with the snapshot after `alter: true`. */
export type WithSchema<Result, Tables, Name extends string> = Result & {
  readonly schema: SchemaSnapshot<ChangedTable<Tables, Name>>;
};

/**
 * The columns that rows have and the table does not, after the rest of the rows was validated: bad input is rejected before
 * the table is changed. `from` is the number of the first row.
 */
export function requireNewColumns(
  context: TableContext,
  rows: readonly unknown[],
  from: number,
): ColumnTypes {
  requireUnscoped(context.schema);
  const types = newColumnTypes(relationPlan(context.schema, context.table), rows, from);
  if (types.size === 0) return types;
  const names = new Set(types.keys());
  const known = rows.map(row => withoutColumns(row as object, names));
  requireValidRows(context, "insert", known, index => index + from);
  return types;
}

/** Adds columns to the table and returns the snapshot after it. */
export async function addColumns(context: WriteContext, types: ColumnTypes): Promise<AnySchema> {
  const { sql, schema, table, options } = context;
  if (types.size === 0) return schema;
  const text = addColumnsText(relationPlan(schema, table), types);
  await runValues(sql, { text, params: [] }, options);
  return await schemaAfter(sql, schema);
}
