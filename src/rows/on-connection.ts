import type { Limits, SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { withConnection } from "../driver/with-connection.ts";

/**
 * Runs a generator in the caller's transaction, or with a connection to itself, which it holds until it ends.
 * @param read receives the connection, and a signal that is aborted when the call has to stop
 */
export async function* onConnection<Piece>(
  sql: SqlHandle,
  options: Limits | undefined,
  read: (connection: SqlHandle, signal: AbortSignal | undefined) => AsyncGenerator<Piece, void, undefined>,
): AsyncGenerator<Piece, void, undefined> {
  const opened = Promise.withResolvers<Parameters<typeof read>>();
  const ended = Promise.withResolvers<void>();
  // Without a connection nothing waits for it, and its rejection would be unhandled.
  ended.promise.catch(() => {});
  const running = limited(sql, options, (handle, signal) =>
    withConnection(handle, async connection => {
      opened.resolve([connection as unknown as SqlHandle, signal]);
      await ended.promise;
    }),
  );
  running.catch(opened.reject);
  try {
    yield* read(...(await opened.promise));
  } catch (error) {
    ended.reject(error);
    // It rejects with the same error, or with the reason of a call that was stopped.
    await running;
    throw error;
  } finally {
    ended.resolve();
    await running.catch(() => {});
  }
}
