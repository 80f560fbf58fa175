import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { cascadeAdvice, columnDependents, requireNoDependents } from "../dependents.ts";
import { changeStatements } from "../transform/changed-table.ts";

/** Options of `dropColumn`. */
export interface DropColumnOptions extends ChangeOptions {
  /** Do nothing if the column does not exist. */
  readonly ifExists?: boolean;
  /** Drop also what depends on the column: keys, indexes and checks that other columns share, foreign keys, views. */
  readonly cascade?: boolean;
}

const DROP_COLUMN_OPTIONS: OptionNames<DropColumnOptions> = {
  ifExists: true,
  cascade: true,
  ...SEND_OPTIONS,
};

/**
 * The statement of `dropColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @param options `cascade`, `ifExists`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError that lists what depends on the column, if anything does, without `cascade`
 * @example `dropColumnSql(schema, "track", "composer")` → `['ALTER TABLE "public"."track" DROP COLUMN "composer"']`
 */
export function dropColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  options: DropColumnOptions = {},
): readonly string[] {
  requireOptions("dropColumn", options, DROP_COLUMN_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  if (options.ifExists !== true) columnOf(schema, table, column);
  const cascade = options.cascade === true;
  const dependents = columnDependents(schema, relation, [column]).filter(({ isWhole }) => !isWhole);
  if (!cascade) requireNoDependents(`${relation.key}.${column}`, "this column", dependents, cascadeAdvice);
  if (options.ifExists === true) {
    const suffix = cascade ? " CASCADE" : "";
    return [`ALTER TABLE ${quoteName(relation)} DROP COLUMN IF EXISTS ${quoteIdentifier(column)}${suffix}`];
  }
  return changeStatements(schema, relation, { drop: [column] }, { cascade });
}

/**
 * Drops a column with its values, and the keys, checks and indexes that consist of this column alone.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the column's name
 * @param options `cascade: true` drops also keys, indexes and checks that other columns share, foreign keys that refer to
 * the column, generated columns and views; `ifExists: true` does nothing if the column does not exist; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists what depends on the column, if anything does, without `cascade`; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropColumn(sql, schema, "track", "composer")`
 */
export async function dropColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
  options?: DropColumnOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  return await changeSchema(sql, schema, dropColumnSql(schema, table, column, options), options);
}
