import type { SqlHandle } from "./handle.ts";
import { queryError } from "./query-error.ts";
import type { Statement } from "./send.ts";

// Statements with values in their text, by the parameters that they are sent with.
const shownByParams = new WeakMap<readonly unknown[], Statement>();

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
  const params: never[] = [];
  shownByParams.set(params, shown);
  const query = sql.unsafe(text, params);
  try {
    yield* query.readable();
    await query;
  } catch (error) {
    throw queryError(error, shown.text, { sql });
  }
}

/** The statement that traces show in place of the one sent with these parameters. */
export function shownStatement(params: readonly unknown[]): Statement | undefined {
  return shownByParams.get(params);
}
