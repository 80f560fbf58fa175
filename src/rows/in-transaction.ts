import { begin } from "../driver/begin.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import type { Limits } from "../driver/limits.ts";

/** Runs a generator in the caller's transaction, or in its own transaction, which ends with the generator. */
export async function* inTransaction<Piece>(
  sql: SqlHandle,
  options: Limits | undefined,
  read: (tx: SqlHandle) => AsyncGenerator<Piece, void, undefined>,
): AsyncGenerator<Piece, void, undefined> {
  const opened = Promise.withResolvers<SqlHandle>();
  const ended = Promise.withResolvers<void>();
  // Without a connection the transaction does not wait for it, and its rejection would be unhandled.
  ended.promise.catch(() => {});
  const hold = async (tx: SqlHandle): Promise<void> => {
    opened.resolve(tx);
    await ended.promise;
  };
  const running = limited(sql, options, async handle => {
    await (isTransaction(handle) ? hold(handle) : begin(handle, hold, "read only"));
  });
  running.catch(opened.reject);
  try {
    yield* read(await opened.promise);
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
