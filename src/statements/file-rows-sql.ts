import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { type RelationPlan, type Selection, selectColumns } from "./relation-plan.ts";
import { rowsSql, type SelectOptions } from "./rows-where-sql.ts";
import type { RowStatement } from "./statement.ts";

/** The statement of `rowsWhere` for COPY. */
export function fileRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row>,
): RowStatement {
  return rowsSql(schema, table, options, "file", fileColumns);
}

function fileColumns(schema: AnySchema, plan: RelationPlan, names: readonly string[] | undefined): Selection {
  const { stored, output } = selectColumns(schema, plan, names);
  const texts = output.map(({ name, codec }) => quoteIdentifier(name) + fileCast(codec));
  return { text: texts.join(", "), stored, output };
}

// COPY prints what a cast to text would give, but t and f for booleans, and money in the locale's way.
function fileCast({ castType, readCast }: Codec): string {
  if (castType === "bool") return "::text";
  return readCast.startsWith("::numeric") ? readCast : "";
}
