import type { SqlHandle, SqlResult, SqlResultColumn, SqlResultInfo, SqlValues } from "./handle.ts";
import { shownParams } from "./shown-statement.ts";
import type { Statement } from "./statement.ts";
import { statementError } from "./statement-error.ts";

/**
 * Sends a text of several statements, which may contain values, in one round trip, and returns the result of the last.
 * @param shown the statement for errors and traces
 * @throws QueryError
 */
export async function sendScript(
  sql: SqlHandle,
  text: string,
  shown: Statement,
): Promise<SqlResult | SqlValues> {
  try {
    const query = sql.unsafe(text, shownParams(shown));
    const results = (await (sql.options.transform ? query.values() : query)) as readonly SqlResult[];
    return results.at(-1)!;
  } catch (error) {
    throw await statementError(error, shown.text, { sql, params: shown.params, isShown: true });
  }
}

/** A result with its values as the server prints them. */
export interface TextResult {
  readonly columns: readonly SqlResultColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/**
 * Sends a statement by the simple protocol, in which the server returns every value as text.
 * @param text the statement with literals in place of its parameters
 * @param shown the statement for errors and traces
 * @throws QueryError
 */
export async function sendForTexts(sql: SqlHandle, text: string, shown: Statement): Promise<TextResult> {
  const { params } = shown;
  try {
    const result = (await sql.unsafe(text, shownParams(shown)).raw()) as (Uint8Array | null)[][] &
      SqlResultInfo;
    const rows = result.map(row => row.map(value => (value === null ? null : UTF8.decode(value))));
    return { columns: result.columns, rows };
  } catch (error) {
    throw await statementError(error, shown.text, { sql, params, isShown: params.length > 0 });
  }
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
