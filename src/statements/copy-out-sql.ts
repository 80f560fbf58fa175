import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import type { AnyAlias } from "./alias.ts";
import { orderClause } from "./order.ts";
import { relationPlan, selectColumns } from "./relation-plan.ts";
import { rowsSql, type SelectOptions } from "./rows-where-sql.ts";
import { scanSql } from "./scan-sql.ts";
import type { RowStatement, Statement } from "./statement.ts";

/** The statements of an export by COPY, for a dedicated transaction. */
export interface CopyOut {
  /** Settings that print each value exactly, independent of the session's own settings. */
  readonly settings: Statement;
  /** The COPY with the query's parameters, as errors and traces show it. */
  readonly copy: Statement;
  /** The COPY that is sent. COPY has no parameters (manual, COPY), so they are literals. */
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
 * @param query the statement that returns the rows
 * @param delimiter separates the fields
 * @param header whether the first line has the names of the columns
 * @returns the settings to send first, and the COPY
 */
export function copyOutSql(query: Statement, delimiter: "," | "\t", header: boolean): CopyOut {
  const options = `FORMAT csv${delimiter === "\t" ? ", DELIMITER E'\\t'" : ""}${header ? ", HEADER" : ""}`;
  const copyOf = (text: string): string => `COPY (${text}) TO STDOUT (${options})`;
  return {
    settings: SETTINGS,
    copy: { text: copyOf(query.text), params: query.params },
    text: copyOf(literalText(query)),
  };
}

/** The text of a statement with literals in place of its parameters. */
export function literalText({ text, params }: Statement): string {
  let result = "";
  let from = 0;
  for (const { start, end, number } of scanSql(text)) {
    result += text.slice(from, start) + literal(params[number - 1] ?? null);
    from = end;
  }
  return result + text.slice(from);
}

// E'' means the same for every standard_conforming_strings (manual 4.1.2.2). CAST AS unknown resolves the type as for a
// parameter, and is valid only where a parameter is: `date '2026-01-01'` is SQL, `date $1` is not.
function literal(value: string | null): string {
  const text = value === null ? "NULL" : `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  return `CAST(${text} AS pg_catalog.unknown)`;
}

/** The statement of `rowsWhere` for COPY. */
export function fileRowsSql<Row>(
  schema: AnySchema,
  table: string,
  options: SelectOptions<Row, string | AnyAlias, string>,
): RowStatement {
  // In raw SQL a bare name may mean an item of the select list, which must then be as in `rowsWhere`.
  const isRaw = orderClause(schema, relationPlan(schema, table), options.orderBy).shape === undefined;
  return rowsSql(schema, table, options, "file", (...wanted) => {
    const { stored, output } = selectColumns(...wanted);
    const texts = output.map(
      ({ name, codec }) => quoteIdentifier(name) + (fileCast(codec) || (isRaw ? codec.readCast : "")),
    );
    return { text: texts.join(", "), stored, output };
  });
}

// COPY prints the same as a cast to text, except t and f for booleans, money by the locale, and XML declarations.
function fileCast({ castType, readCast, shape }: Codec): string {
  if (castType === "bool" || castType === "xml") return "::text";
  if (shape.kind === "array" && shape.element.castType === "xml") return "::text[]";
  return readCast.startsWith("::numeric") ? readCast : "";
}
