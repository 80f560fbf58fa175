import { isTransaction, type SqlHandle } from "./handle.ts";
import { canBeginAhead, ownTransaction } from "./own-transaction.ts";
import { queryError } from "./query-error.ts";
import { reserveConnection } from "./reserve.ts";

type Work<Result> = (tx: SqlHandle) => Promise<Result>;

/**
 * Runs a function in a transaction, or in a savepoint of a transaction. The driver's own errors, such as those of COMMIT
 * and of a lost connection, become QueryErrors; errors of the function are unchanged.
 * @param mode the mode of a transaction after BEGIN, such as `read only`
 * @param signal ends the wait for a connection with its reason; a transaction has a connection
 */
export async function begin<Result>(
  sql: SqlHandle,
  work: Work<Result>,
  mode = "",
  signal?: AbortSignal,
): Promise<Result> {
  const isNested = isTransaction(sql);
  if (!isNested) {
    if (canBeginAhead(sql)) return await ownTransaction(sql, mode, work, signal);
    if (signal !== undefined && !("release" in sql)) return await beginOnReserved(sql, work, mode, signal);
  }
  let text = isNested ? "SAVEPOINT" : `BEGIN ${mode}`.trim();
  let failure: { readonly error: unknown } | undefined;
  const run: Work<Result> = async tx => {
    text = "the transaction";
    try {
      return await work(tx);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      text = isNested ? "RELEASE SAVEPOINT" : "COMMIT";
    }
  };
  try {
    if (isNested) return (await sql.savepoint(run)) as Result;
    return (await (mode === "" ? sql.begin(run) : sql.begin(mode, run))) as Result;
  } catch (error) {
    // The driver rejects at once if the connection is lost, even while the function runs.
    throw failure === undefined ? queryError(error, text, { sql }) : failure.error;
  }
}

// The driver's `begin` cannot stop waiting for a connection.
async function beginOnReserved<Result>(
  pool: SqlHandle,
  work: Work<Result>,
  mode: string,
  signal: AbortSignal,
): Promise<Result> {
  const reserved = await reserveConnection(pool as unknown as Bun.SQL, signal);
  try {
    return await begin(reserved as unknown as SqlHandle, work, mode);
  } finally {
    reserved.release();
  }
}
