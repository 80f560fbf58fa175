import type { AnySchema } from "../schema/snapshot.ts";
import { type WriteFilter, writeWhereSql } from "./condition.ts";

import { keyClause } from "./primary-key.ts";
import { relationPlan } from "./relation-plan.ts";
import { type ReturningOptions, returningClause } from "./returning.ts";
import { namesShape, newBinder, type RowStatement, shapeOf, statementOf } from "./statement.ts";

/**
 * The statement of `deleteRow`.
 * @param schema a snapshot
 * @param table the table's name
 * @param key the primary key, as for `get`
 * @param options what to return of the deleted row
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table; ArgumentError for a key of the wrong shape
 * @example `deleteRowSql(schema, "genre", 1, { returning: false }).text` →
 * `DELETE FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export function deleteRowSql(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: ReturningOptions = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const kind = shapeOf("delete", namesShape(options.returning));
  return statementOf(plan.relation, kind, [keyClause(plan, key)], where => {
    const { text, output } = returningClause(plan, options.returning);
    return { text: `DELETE FROM ${plan.name} WHERE ${where}${text}`, output };
  });
}

/** What `deleteWhere` touches and returns. */
export interface DeleteWhereOptions<Row = Record<string, unknown>, Column extends string = string>
  extends WriteFilter<Row>,
    ReturningOptions<Column> {}

/**
 * The statement of `deleteWhere`.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options which rows, and what to return of them
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for an empty filter without `all: true`
 * @example `deleteWhereSql(schema, "track", { where: { album_id: 1 }, returning: ["track_id"] }).text` →
 * `DELETE FROM "public"."track" WHERE "album_id" = $1::text::int4 RETURNING "track_id"`
 */
export function deleteWhereSql<Row>(
  schema: AnySchema,
  table: string,
  options: DeleteWhereOptions<Row>,
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = newBinder();
  const where = writeWhereSql({ schema, plan, binder, prefix: "" }, options as WriteFilter<never>);
  const { text, output } = returningClause(plan, options.returning);
  return { text: `DELETE FROM ${plan.name}${where}${text}`, params: binder.params, output };
}
