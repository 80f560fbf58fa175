import { type Statement, withShown } from "../statements/statement.ts";
import type { SqlHandle } from "./handle.ts";
import { queryError } from "./query-error.ts";

/**
 * Sends `COPY ... TO STDOUT` and gives its bytes as they come; who stops reading ends it. A failure is a QueryError.
 * @param shown the statement for errors and traces, which does not have the values in its text
 */
export async function* copyOut(
  sql: SqlHandle,
  text: string,
  shown: Statement,
): AsyncGenerator<Uint8Array, void, undefined> {
  const query = sql.unsafe(text, withShown([], shown));
  try {
    yield* query.readable();
    await query;
  } catch (error) {
    throw queryError(error, shown.text);
  }
}
