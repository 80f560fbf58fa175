import type { AnySchema } from "../schema/snapshot.ts";
import { assignedSql } from "./assignments.ts";
import { relationPlan } from "./relation-plan.ts";
import { type ReturningOptions, returningClause } from "./returning.ts";
import { rowValues } from "./row-values.ts";
import { namesShape, shaped, shapeOf } from "./shape.ts";
import type { RowStatement } from "./statement.ts";

/**
 * The statement of `insert`, for a row that passed validation.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param row column → value; a fragment made by `expr` is SQL
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
  options: ReturningOptions = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const { shape, texts, given: givenOf } = rowValues(schema, plan, row, "insert");
  return shaped(shape, shapeOf("insert", namesShape(options.returning)), texts, binder => {
    const given = givenOf();
    const columns = given.map(({ column }) => column.quoted).join(", ");
    const values = given.map(assignment => assignedSql(schema, binder, assignment)).join(", ");
    const { text, output } = returningClause(schema, plan, options.returning);
    const what = given.length === 0 ? "DEFAULT VALUES" : `(${columns}) VALUES (${values})`;
    return { text: `INSERT INTO ${plan.name} ${what}${text}`, output };
  });
}
