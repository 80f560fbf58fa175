import type { SqlHandle } from "../driver/handle.ts";
import { onReader } from "../driver/replica-reads.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, TableName } from "../schema/tables.ts";
import { countSql, estimateCountSql, existsSql, type FilterOptions } from "../statements/count-sql.ts";
import type { Statement } from "../statements/statement.ts";
import type { RunOptions } from "./run.ts";
import { runValue } from "./run-values.ts";

/** Options of `exists`. */
export interface ExistsOptions<Row> extends FilterOptions<Row>, RunOptions {}

/** Options of `count`. */
export interface CountOptions<Row> extends ExistsOptions<Row> {
  /** Returns the planner's estimate, which reads no rows and is as good as the last ANALYZE. */
  readonly estimate?: boolean;
}

/**
 * Returns the number of rows that match a filter.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options the filter (default: all rows); `estimate: true` for tables that take long to count
 * @returns the number of rows
 * @throws UnknownNameError if the table or a column does not exist; QueryError
 * @example `await count(sql, schema, "artist")` sends `SELECT count(*) AS "count" FROM "public"."artist"`
 */
export async function count<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: CountOptions<FilterOf<Tables, Name>>,
): Promise<number> {
  if (options?.estimate)
    return plannedRows(await readValue(sql, estimateCountSql(schema, table, options), options));
  return Number(await readValue(sql, countSql(schema, table, options), options));
}

/**
 * Returns whether at least one row matches a filter.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options the filter (default: any row)
 * @returns true or false
 * @throws UnknownNameError if the table or a column does not exist; QueryError
 * @example `await exists(sql, schema, "artist", { where: { name: "X" } })` sends
 * `SELECT EXISTS (SELECT FROM "public"."artist" WHERE "name" = $1::text) AS "exists"`
 */
export async function exists<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: ExistsOptions<FilterOf<Tables, Name>>,
): Promise<boolean> {
  return (await readValue(sql, existsSql(schema, table, options), options)) === true;
}

function readValue(sql: SqlHandle, statement: Statement, options: RunOptions | undefined): Promise<unknown> {
  return onReader(sql, options, (server, limits) => runValue(server, statement, limits));
}

function plannedRows(plan: unknown): number {
  const [{ Plan }] = plan as [{ readonly Plan: { readonly "Plan Rows": number } }];
  return Plan["Plan Rows"];
}
