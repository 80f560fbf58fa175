import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { FilterOf, TableName } from "../schema/tables.ts";
import { estimateCountSql } from "../statements/count-sql.ts";
import type { CountOptions } from "./count.ts";
import { runValue } from "./run.ts";

/**
 * About how many rows a filter lets through, as the planner's statistics tell, without reading them: for tables whose
 * count would take long.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows; all by default
 * @returns the planner's estimate; how good it is depends on the last ANALYZE
 * @throws UnknownNameError for an unknown table or column; QueryError
 * @example `await estimateCount(sql, schema, "artist")` sends `EXPLAIN (FORMAT JSON) SELECT FROM "public"."artist"`
 */
export async function estimateCount<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: CountOptions<FilterOf<Tables, Name>>,
): Promise<number> {
  return plannedRows(await runValue(sql, estimateCountSql(schema, table, options), options));
}

function plannedRows(plan: unknown): number {
  const parsed: unknown = typeof plan === "string" ? JSON.parse(plan) : plan;
  const [{ Plan }] = parsed as [{ readonly Plan: { readonly "Plan Rows": number } }];
  return Plan["Plan Rows"];
}
