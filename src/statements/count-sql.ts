import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { whereClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { relationPlan } from "./relation-plan.ts";
import { type Statement, statementOf } from "./statement.ts";

/** Selects the rows to count. */
export interface FilterOptions<Row = Record<string, unknown>> {
  /** A filter of the rows; default: all rows. */
  readonly where?: Where<Row>;
}

const FILTER_OPTIONS: OptionNames<FilterOptions> = { where: true, ...SEND_OPTIONS };
const COUNT_OPTIONS = { estimate: true, ...FILTER_OPTIONS } as const;

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
  return filtered(schema, table, options, "count", from => `SELECT count(*) AS "count" FROM ${from}`);
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
  return filtered(
    schema,
    table,
    options,
    "exists",
    from => `SELECT EXISTS (SELECT FROM ${from}) AS "exists"`,
  );
}

/**
 * The statement of `count` with `estimate: true`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows
 * @returns the SQL and its parameters; it returns the plan as JSON
 * @throws UnknownNameError for an unknown table or column
 * @example `estimateCountSql(schema, "artist").text` → `EXPLAIN (FORMAT JSON) SELECT FROM "public"."artist"`
 */
export function estimateCountSql<Row>(
  schema: AnySchema,
  table: string,
  options: FilterOptions<Row> = {},
): Statement {
  return filtered(schema, table, options, "estimate", from => `EXPLAIN (FORMAT JSON) SELECT FROM ${from}`);
}

function filtered<Row>(
  schema: AnySchema,
  table: string,
  options: FilterOptions<Row>,
  kind: "count" | "exists" | "estimate",
  textOf: (from: string) => string,
): Statement {
  requireOptions(
    kind === "exists" ? kind : "count",
    options,
    kind === "exists" ? FILTER_OPTIONS : COUNT_OPTIONS,
  );
  const plan = relationPlan(schema, table);
  const clause = whereClause(schema, plan, options.where);
  return statementOf(schema, plan.relation, kind, [clause], text => ({ text: textOf(plan.name + text) }));
}
