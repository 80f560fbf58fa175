import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type TruncateSqlOptions, truncateSql } from "../statements/truncate-sql.ts";
import type { RunOptions } from "./run.ts";
import { runValues } from "./run-values.ts";

/** Options of `truncate`. */
export interface TruncateOptions extends TruncateSqlOptions, RunOptions {}

/**
 * Deletes all rows of one table or of several at once, without reading them and without running their triggers for rows.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope for these tables
 * @param tables the name of a table, or of several
 * @param options `restartIdentity: true` restarts the sequences; `cascade: true` truncates also the tables that refer
 * to these; `onStatement`
 * @returns nothing
 * @throws ArgumentError for a view, and with the tables that refer to the truncated ones, without `cascade`; ScopeError for a
 * table with a scope; UnknownNameError; QueryError
 * @example `await truncate(sql, schema, "playlist_track")` sends `TRUNCATE "public"."playlist_track"`
 */
export async function truncate<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  tables: TableName<Tables> | readonly TableName<Tables>[],
  options: TruncateOptions = {},
): Promise<void> {
  await runValues(sql, truncateSql(schema, tables, options), options);
}
