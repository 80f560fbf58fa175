import type { SqlHandle } from "./handle.ts";
import { queryError } from "./query-error.ts";

/** Sends `COPY ... FROM STDIN` and its data in pieces, each waited for; the number of rows. A failure is a QueryError. */
export async function copyIn(sql: SqlHandle, text: string, chunks: Iterable<string>): Promise<number> {
  const query = sql.unsafe(text);
  const writer = query.writable().getWriter();
  try {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
    return ((await query) as { readonly count: number }).count;
  } catch (error) {
    throw queryError(await failureOf(query, error), text);
  }
}

// The stream's own error says only that it ended: the query has the server's.
async function failureOf(query: PromiseLike<unknown>, error: unknown): Promise<unknown> {
  try {
    await query;
    return error;
  } catch (reason) {
    return reason;
  }
}
