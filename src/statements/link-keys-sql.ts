import { printArrayLiteral } from "../types/array-literal.ts";
import { type IncludeNode, linkColumns } from "./include.ts";
import { planColumn, type RelationPlan, selectColumns } from "./relation-plan.ts";
import { bind, newBinder, type RowStatement } from "./statement.ts";

/** The columns of rows that relate them to other rows, as a statement that returns them in the order of the rows. */
export function linkKeysSql(
  plan: RelationPlan,
  nodes: readonly IncludeNode[],
  rows: readonly Readonly<Record<string, unknown>>[],
): RowStatement {
  const binder = newBinder();
  const names = linkColumns(nodes);
  const { output } = selectColumns(plan, names);
  const columns = output.map(({ name }) => planColumn(plan, name));
  const lists = columns.map(({ column, codec, label }) => {
    const texts = rows.map(({ [column.name]: value }) => (value === null ? null : codec.print(value)));
    return bind(binder, printArrayLiteral(texts), "text[]", { label });
  });
  const list = columns.map(({ codec }, index) => `"k${index + 1}"::${codec.castType}${codec.readCast}`);
  const keys = columns.map((_, index) => `"k${index + 1}"`);
  const text = `SELECT ${list.join(", ")} FROM unnest(${lists.join(", ")}) WITH ORDINALITY AS "keys" (${[...keys, '"n"'].join(", ")}) ORDER BY "n"`;
  return { text, params: binder.params, output };
}
