import type { SqlHandle } from "./handle.ts";
import { shownParams } from "./shown-statement.ts";
import type { Statement } from "./statement.ts";
import { statementError } from "./statement-error.ts";

/** A source of chunks whose error ends the COPY, so that none of its rows are stored. */
type Chunks = Iterable<string> | AsyncIterable<string>;

/**
 * Sends `COPY ... FROM STDIN` with its data in chunks and returns the number of rows; throws QueryError.
 * @param before commands to send with the COPY, in the same round trip
 */
export async function copyIn(
  sql: SqlHandle,
  { text, params, chunks }: Statement & { readonly chunks: Chunks },
  before?: string,
): Promise<number> {
  const query = sql.unsafe(before === undefined ? text : `${before};\n${text}`);
  const writer = query.writable().getWriter();
  let isReading = true;
  try {
    for await (const chunk of chunks) {
      isReading = false;
      await writer.write(chunk);
      isReading = true;
    }
    isReading = false;
    await writer.close();
    return ((await query) as { readonly count: number }).count;
  } catch (error) {
    await writer.abort(error).catch(() => {});
    const cause = await causeOf(query, error);
    // The statement did not cause the error of a source.
    throw isReading ? error : await statementError(cause, text, { sql, params });
  }
}

// The stream's error only says that the stream ended; the query rejects with the server's error.
async function causeOf(query: PromiseLike<unknown>, error: unknown): Promise<unknown> {
  try {
    await query;
    return error;
  } catch (reason) {
    return reason;
  }
}

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
