import { begin } from "../driver/begin.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";

/** Runs a generator in the caller's transaction, or in its own transaction, which ends with the generator. */
export async function* inTransaction<Piece>(
  sql: SqlHandle,
  read: (tx: SqlHandle) => AsyncGenerator<Piece, void, undefined>,
): AsyncGenerator<Piece, void, undefined> {
  if (isTransaction(sql)) return yield* read(sql);
  const opened = Promise.withResolvers<SqlHandle>();
  const ended = Promise.withResolvers<void>();
  // Without a connection the transaction does not wait for it, and its rejection would be unhandled.
  ended.promise.catch(() => {});
  const run = async (tx: SqlHandle): Promise<void> => {
    opened.resolve(tx);
    await ended.promise;
  };
  const transaction = begin(sql, run, "read only");
  transaction.catch(opened.reject);
  try {
    yield* read(await opened.promise);
  } catch (error) {
    ended.reject(error);
    throw error;
  } finally {
    ended.resolve();
    // After an error the transaction rejects with the same error.
    await transaction.catch(() => {});
  }
}
