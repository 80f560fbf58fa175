import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type RelationPlan, type Selection, selectColumns } from "./relation-plan.ts";
import { rowsSql, type SelectOptions } from "./rows-where-sql.ts";
import type { RowStatement } from "./statement.ts";

/** The statement of `rowsWhere` for COPY: booleans are true and false, not t and f. */
export function fileRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row>,
): RowStatement {
  return rowsSql(schema, table, options, "file", fileColumns);
}

function fileColumns(schema: AnySchema, plan: RelationPlan, names: readonly string[] | undefined): Selection {
  const { stored, output } = selectColumns(schema, plan, names);
  const texts = output.map(
    ({ name, codec }) => quoteIdentifier(name) + (codec.castType === "bool" ? "::text" : codec.readCast),
  );
  return { text: texts.join(", "), stored, output };
}
