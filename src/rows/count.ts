import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, TableName } from "../schema/tables.ts";
import { countSql, existsSql, type FilterOptions } from "../statements/count-sql.ts";
import { type RunOptions, runValue } from "./run.ts";

/** Options of `count` and `exists`. */
export interface CountOptions<Row> extends FilterOptions<Row>, RunOptions {}

/**
 * How many rows a filter lets through.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows; all by default
 * @returns the number of rows
 * @throws UnknownNameError for an unknown table or column; QueryError
 * @example `await count(sql, schema, "artist")` sends `SELECT count(*) AS "count" FROM "public"."artist"`
 */
export async function count<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: CountOptions<FilterOf<Tables, Name>>,
): Promise<number> {
  return Number(await runValue(sql, countSql(schema, table, options), options));
}

/**
 * Whether a filter lets at least one row through.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows; any by default
 * @returns true or false
 * @throws UnknownNameError for an unknown table or column; QueryError
 * @example `await exists(sql, schema, "artist", { where: { name: "X" } })` sends
 * `SELECT EXISTS (SELECT FROM "public"."artist" WHERE "name" = $1::text) AS "exists"`
 */
export async function exists<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: CountOptions<FilterOf<Tables, Name>>,
): Promise<boolean> {
  return (await runValue(sql, existsSql(schema, table, options), options)) === true;
}
