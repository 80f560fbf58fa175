import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { orderShape } from "./order.ts";
import { relationPlan, selectColumns } from "./relation-plan.ts";
import { rowsSql, type SelectOptions } from "./rows-where-sql.ts";
import type { RowStatement } from "./statement.ts";

/** The statement of `rowsWhere` for COPY. */
export function fileRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row>,
): RowStatement {
  // In raw SQL a bare name may mean the select list's form, which is then that of `rowsWhere`.
  const isRaw = orderShape(relationPlan(schema, table), options.orderBy) === undefined;
  return rowsSql(schema, table, options, "file", (...wanted) => {
    const { stored, output } = selectColumns(...wanted);
    const texts = output.map(
      ({ name, codec }) => quoteIdentifier(name) + (fileCast(codec) || (isRaw ? codec.readCast : "")),
    );
    return { text: texts.join(", "), stored, output };
  });
}

// COPY prints what a cast to text would give, but t and f for booleans, and money in the locale's way.
function fileCast({ castType, readCast }: Codec): string {
  if (castType === "bool") return "::text";
  return readCast.startsWith("::numeric") ? readCast : "";
}
