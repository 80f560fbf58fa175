import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { assignedSql, assignments, isStamp, stamped } from "./assignments.ts";
import { type ColumnPlan, relationPlan } from "./relation-plan.ts";
import { type ReturningOptions, returningClause } from "./returning.ts";
import { type Binder, bind, type RowStatement } from "./statement.ts";

/**
 * The statement of `insertMany` for rows that passed validation and have the same columns. One parameter a column: the
 * text is the same for any number of rows, and no limit of parameters is met.
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param rows at least one row, all with the columns of the first
 * @param options what to return
 * @returns the SQL, its parameters and the columns it returns
 * @throws UnknownNameError for an unknown table or column; ArgumentError for rows without columns
 * @example `insertManySql(schema, "genre", [{ genre_id: 13, name: "Polka" }], { returning: false }).text` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") SELECT "c1"::int4, "c2"::text FROM unnest($1::text::text[], $2::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "n") ORDER BY "n"`
 */
export function insertManySql(
  schema: AnySchema,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  options: ReturningOptions = {},
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder: Binder = { params: [] };
  // Every row is compared with the scope, whose values are the same for all.
  const all = rows.map(row => stamped(schema, plan, assignments(schema, plan, row)));
  const shape = all[0] ?? [];
  const lists = shape.filter(assignment => !isStamp(assignment));
  if (lists.length === 0)
    throw new ArgumentError(`${plan.relation.key}: rows without columns cannot be sent together`);
  const params = lists.map(({ column }) => listParameter(binder, column, rows));
  const fields = lists.map((_, index) => `"c${index + 1}"`);
  const stamps = shape.filter(isStamp);
  const values = [
    ...lists.map(({ column }, index) => `${fields[index]}::${column.codec.castType}`),
    ...stamps.map(assignment => assignedSql(schema, binder, assignment)),
  ];
  const columns = [...lists, ...stamps].map(({ column }) => column.quoted).join(", ");
  const { text, output } = returningClause(schema, plan, options.returning);
  return {
    text:
      `INSERT INTO ${plan.name} (${columns}) SELECT ${values.join(", ")} FROM unnest(${params.join(", ")}) ` +
      `WITH ORDINALITY AS "rows" (${fields.join(", ")}, "n") ORDER BY "n"${text}`,
    params: binder.params,
    output,
  };
}

function listParameter(
  binder: Binder,
  { column: { name }, codec }: ColumnPlan,
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const texts = rows.map(row => {
    const value = row[name];
    return value === null ? null : codec.print(value as never);
  });
  return bind(binder, printArrayLiteral(texts), "text[]");
}
