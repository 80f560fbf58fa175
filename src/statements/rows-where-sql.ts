import type { AnySchema } from "../schema/snapshot.ts";
import { plainFilter, whereClause } from "./condition.ts";
import type { Where } from "./filter.ts";
import { cutRowsText, limitClause, limitTexts } from "./limit.ts";
import { lockClause, type RowLockOptions } from "./lock.ts";
import { type OrderBy, orderClause, orderShape } from "./order.ts";
import { relationPlan, selectColumns } from "./relation-plan.ts";
import { namesShape, type RowStatement, shaped, shapeOf } from "./statement.ts";

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
  return rowsSql(schema, table, options, "rows", selectColumns);
}

/** Rows whose columns `select` names: `kind` stands for it among the statements that are kept. */
export function rowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row>,
  kind: string,
  select: typeof selectColumns,
): RowStatement {
  const plan = relationPlan(schema, table);
  const lock = lockClause(plan.relation.key, options);
  const limits = limitTexts(plan.relation.key, options.limit, options.offset);
  const filter = plainFilter(plan, options.where);
  const { scope } = plan;
  const ordered = orderShape(plan, options.orderBy);
  const shape = shapeOf(
    kind,
    namesShape(options.select),
    filter?.shape,
    ordered,
    `${options.limit === undefined ? "" : "l"}${options.offset === undefined ? "" : "o"}`,
    lock,
    scope.shape,
  );
  const params = [...(filter?.texts ?? []), ...scope.texts, ...limits];
  return shaped(plan.relation, shape, params, binder => {
    const context = { schema, plan, binder, prefix: "" };
    const where = whereClause(context, filter?.where() ?? options.where);
    const order = orderClause(context, options.orderBy);
    const limit = limitClause(binder, plan.relation.key, options.limit, options.offset);
    const { text, stored, output } = select(plan, options.select);
    const clauses = `${where}${order}${limit}${lock}`;
    // In raw SQL a bare name may mean the select list's text form.
    const isCut = ordered && limit !== "" && lock === "" && text !== stored;
    return {
      text: isCut ? cutRowsText(plan, text, stored, clauses) : `SELECT ${text} FROM ${plan.name}${clauses}`,
      output,
    };
  });
}
