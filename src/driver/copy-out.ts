import type { SqlHandle } from "./handle.ts";
import { shownParams } from "./shown-statement.ts";
import type { Statement } from "./statement.ts";
import { statementError } from "./statement-error.ts";

/**
 * Sends `COPY ... TO STDOUT` and yields its bytes as they arrive; a consumer that stops reading ends the statement.
 * @param shown the statement for errors and traces, whose text does not contain values
 * @throws QueryError
 */
export async function* copyOut(
  sql: SqlHandle,
  text: string,
  shown: Statement,
): AsyncGenerator<Uint8Array, void, undefined> {
  const query = sql.unsafe(text, shownParams(shown));
  try {
    yield* query.readable();
    await query;
  } catch (error) {
    throw await statementError(error, shown.text, { sql, params: shown.params, isShown: true });
  }
}
