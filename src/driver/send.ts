import type { SqlHandle, SqlValues } from "./handle.ts";
import type { FailedStatement } from "./query-error.ts";
import { sendFresh } from "./stale-plan.ts";
import type { Statement } from "./statement.ts";
import { statementError } from "./statement-error.ts";

/**
 * Sends a statement and returns its rows as arrays, in the order of its columns; throws QueryError.
 * @param failed how an error shows the text
 */
export async function sendForValues(
  sql: SqlHandle,
  text: string,
  params: Statement["params"],
  failed: Pick<FailedStatement, "isLaidOut"> = {},
): Promise<SqlValues> {
  try {
    const send = () => sql.unsafe(text, params as (string | null)[]).values();
    return (await sendFresh(sql, send)) as SqlValues;
  } catch (error) {
    throw await statementError(error, text, { ...failed, sql, params });
  }
}
