import type { SqlHandle } from "./handle.ts";
import type { Statement } from "./send.ts";
import { statementError } from "./statement-error.ts";

/**
 * Sends `COPY ... FROM STDIN` with its data in chunks and returns the number of rows; throws QueryError.
 * @param before commands to send with the COPY, in the same round trip
 */
export async function copyIn(
  sql: SqlHandle,
  { text, params, chunks }: Statement & { readonly chunks: Iterable<string> },
  before?: string,
): Promise<number> {
  const query = sql.unsafe(before === undefined ? text : `${before};\n${text}`);
  const writer = query.writable().getWriter();
  try {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
    return ((await query) as { readonly count: number }).count;
  } catch (error) {
    throw await statementError(await causeOf(query, error), text, { sql, params });
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
