import type { AnySchema } from "../schema/snapshot.ts";
import { whereClause } from "./condition.ts";
import type { Where } from "./filter-types.ts";
import { relationPlan } from "./relation-plan.ts";
import { newBinder, type Statement } from "./statement.ts";

/** Which rows are counted. */
export interface FilterOptions<Row = Record<string, unknown>> {
  readonly where?: Where<Row>;
}

/**
 * The statement of `count`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows
 * @returns the SQL and its parameters
 * @throws UnknownNameError for an unknown table or column
 * @example `countSql(schema, "artist").text` → `SELECT count(*) AS "count" FROM "public"."artist"`
 */
export function countSql<Row>(schema: AnySchema, table: string, options: FilterOptions<Row> = {}): Statement {
  const { name, where, params } = filtered(schema, table, options);
  return { text: `SELECT count(*) AS "count" FROM ${name}${where}`, params };
}

/**
 * The statement of `exists`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows
 * @returns the SQL and its parameters
 * @throws UnknownNameError for an unknown table or column
 * @example `existsSql(schema, "artist").text` → `SELECT EXISTS (SELECT FROM "public"."artist") AS "exists"`
 */
export function existsSql<Row>(
  schema: AnySchema,
  table: string,
  options: FilterOptions<Row> = {},
): Statement {
  const { name, where, params } = filtered(schema, table, options);
  return { text: `SELECT EXISTS (SELECT FROM ${name}${where}) AS "exists"`, params };
}

/**
 * The statement of `estimateCount`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows
 * @returns the SQL and its parameters; the plan comes as JSON
 * @throws UnknownNameError for an unknown table or column
 * @example `estimateCountSql(schema, "artist").text` → `EXPLAIN (FORMAT JSON) SELECT FROM "public"."artist"`
 */
export function estimateCountSql<Row>(
  schema: AnySchema,
  table: string,
  options: FilterOptions<Row> = {},
): Statement {
  const { name, where, params } = filtered(schema, table, options);
  return { text: `EXPLAIN (FORMAT JSON) SELECT FROM ${name}${where}`, params };
}

function filtered<Row>(
  schema: AnySchema,
  table: string,
  options: FilterOptions<Row>,
): { name: string; where: string; params: (string | null)[] } {
  const plan = relationPlan(schema, table);
  const binder = newBinder();
  const where = whereClause({ schema, plan, binder, prefix: "" }, options.where);
  return { name: plan.name, where, params: binder.params };
}
