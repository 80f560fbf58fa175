import type { AnySchema } from "../schema/snapshot.ts";
import { unnestSource } from "./bulk-rows.ts";
import { relationPlan } from "./relation-plan.ts";
import { INSERT_OPTIONS, type ReturningOptions, requireWriteOptions, returningClause } from "./returning.ts";
import { rowValues, valuesClause } from "./row-values.ts";
import { ownBinder, type RowStatement, returningShape, shapeOf, statementOf } from "./statement.ts";

/**
 * The statement of `insert`, for a row that passed validation.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param row column → value; `expr` for raw SQL
 * @param options what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a value that contradicts the scope
 * @example `insertSql(schema, "genre", { genre_id: 13, name: "Polka" }, { returning: ["name"] }).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) RETURNING "name"`
 */
export function insertSql(
  schema: AnySchema,
  table: string,
  row: object,
  options?: ReturningOptions,
): RowStatement {
  if (options !== undefined) requireWriteOptions("insert", options, INSERT_OPTIONS);
  const plan = relationPlan(schema, table);
  const values = rowValues(plan, row, "insert");
  const kind = shapeOf("insert", returningShape(options?.returning));
  return statementOf(schema, values.shape, kind, [valuesClause(schema, plan, values)], what => {
    const { text, output } = returningClause(plan, options?.returning);
    return { text: `INSERT INTO ${plan.name} ${what}${text}`, output };
  });
}

/**
 * The statement of `insertMany` for rows that passed validation and have the same columns. It has one parameter per
 * column, so that the SQL is equal for any number of rows and the limit of parameters is never reached.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param rows at least one row, all with the columns of the first
 * @param options what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for rows without columns
 * @example `insertManySql(schema, "genre", [{ genre_id: 13, name: "Polka" }]).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY "n"`
 */
export function insertManySql(
  schema: AnySchema,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  options: ReturningOptions = {},
): RowStatement {
  requireWriteOptions("insertMany", options, INSERT_OPTIONS);
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const { columns, values, from } = unnestSource(schema, plan, binder, rows);
  const names = columns.map(({ quoted }) => quoted).join(", ");
  const { text, output } = returningClause(plan, options.returning ?? false);
  return {
    text: `INSERT INTO ${plan.name} (${names})${plan.overriding} SELECT ${values} FROM ${from} ORDER BY "n"${text}`,
    params: binder.params,
    output,
  };
}
