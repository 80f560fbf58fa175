import { isTransaction, type SqlHandle } from "../driver/handle.ts";

/** What a function reads bit by bit in a transaction: the caller's, or one of its own that ends with it. */
export async function* inTransaction<Piece>(
  sql: SqlHandle,
  read: (tx: SqlHandle) => AsyncGenerator<Piece, void, undefined>,
): AsyncGenerator<Piece, void, undefined> {
  if (isTransaction(sql)) return yield* read(sql);
  const opened = Promise.withResolvers<SqlHandle>();
  const ended = Promise.withResolvers<void>();
  const transaction = Promise.resolve(
    sql.begin("read only", async tx => {
      opened.resolve(tx);
      await ended.promise;
    }),
  );
  transaction.catch(opened.reject);
  try {
    yield* read(await opened.promise);
  } catch (error) {
    ended.reject(error);
    throw error;
  } finally {
    ended.resolve();
    // What the transaction ends with after an error is that error.
    await transaction.catch(() => {});
  }
}
