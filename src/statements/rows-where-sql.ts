import type { AnySchema } from "../schema/snapshot.ts";
import { whereClause } from "./condition.ts";
import type { Where } from "./filter-types.ts";
import { limitClause } from "./limit.ts";
import { type OrderBy, orderClause } from "./order.ts";
import { relationPlan, selectColumns } from "./relation-plan.ts";
import { lockClause, type RowLockOptions } from "./row-lock.ts";
import { newBinder, type RowStatement } from "./statement.ts";

/** What `rowsWhere` reads. */
export interface SelectOptions<Row = Record<string, unknown>, Column extends string = string>
  extends RowLockOptions {
  readonly where?: Where<Row>;
  /** The columns wanted; all readable ones by default. */
  readonly select?: readonly Column[] | undefined;
  readonly orderBy?: OrderBy<keyof Row & string>;
  /** Rows, from 0. */
  readonly limit?: number;
  /** Rows to leave out first. */
  readonly offset?: number;
}

/**
 * The statement of `rowsWhere`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options what to read
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError and ValueError for what cannot be meant
 * @example `rowsWhereSql(schema, "artist", { where: { artist_id: 1 }, select: ["name"] }).text` →
 * `SELECT "name" FROM "public"."artist" WHERE "artist_id" = $1::text::int4`
 */
export function rowsWhereSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row> = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder();
  const context = { schema, plan, binder, prefix: "" };
  const { text, output } = selectColumns(schema, plan, options.select);
  const where = whereClause(context, options.where);
  const order = orderClause(context, options.orderBy);
  const limit = limitClause(binder, plan.relation.key, options.limit, options.offset);
  const lock = lockClause(plan.relation.key, options);
  return {
    text: `SELECT ${text} FROM ${plan.name}${where}${order}${limit}${lock}`,
    params: binder.params,
    output,
  };
}
