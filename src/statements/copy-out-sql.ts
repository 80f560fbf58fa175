import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { orderClause } from "./order.ts";
import { relationPlan, selectColumns } from "./relation-plan.ts";
import { rowsSql, type SelectOptions } from "./rows-where-sql.ts";
import { scanSql } from "./scan-sql.ts";
import type { RowStatement, Statement } from "./statement.ts";

/** The statements of an export that the server writes, for a transaction of its own. */
export interface CopyOut {
  /** How values are printed: each exactly, and whatever the session's own settings are. */
  readonly settings: Statement;
  /** The COPY with the query's parameters, as errors and traces show it. */
  readonly copy: Statement;
  /** The COPY that is sent: it takes no parameters (manual, COPY), so they are literals in it. */
  readonly text: string;
}

const SETTINGS: Statement = {
  text:
    "SELECT set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true), " +
    "set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true)",
  params: [],
};

/**
 * A query's rows as CSV by COPY.
 * @param query the statement whose rows are wanted
 * @param delimiter what stands between fields
 * @param header whether the first line has the columns' names
 * @returns what is sent before it, and the COPY
 */
export function copyOutSql(query: Statement, delimiter: "," | "\t", header: boolean): CopyOut {
  const options = `FORMAT csv${delimiter === "\t" ? ", DELIMITER E'\\t'" : ""}${header ? ", HEADER" : ""}`;
  const copyOf = (text: string): string => `COPY (${text}) TO STDOUT (${options})`;
  return {
    settings: SETTINGS,
    copy: { text: copyOf(query.text), params: query.params },
    text: copyOf(withLiterals(query)),
  };
}

function withLiterals({ text, params }: Statement): string {
  let result = "";
  let from = 0;
  for (const { start, end, number } of scanSql(text)) {
    result += text.slice(from, start) + literal(params[number - 1] ?? null);
    from = end;
  }
  return result + text.slice(from);
}

// With E it means the same whatever standard_conforming_strings is (manual 4.1.2.2). Its type is found as a parameter's
// is, and like one it can stand only where a value can: `date '2026-01-01'` is SQL, `date $1` is not.
function literal(value: string | null): string {
  const text = value === null ? "NULL" : `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return `CAST(${text} AS pg_catalog.unknown)`;
}

/** The statement of `rowsWhere` for COPY. */
export function fileRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row>,
): RowStatement {
  // In raw SQL a bare name may mean the select list's form, which is then that of `rowsWhere`.
  const isRaw = orderClause(schema, relationPlan(schema, table), options.orderBy).shape === undefined;
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
