import { isTransaction, type SqlHandle, type TransactionHandle } from "./handle.ts";
import { canBeginAhead, ownTransaction } from "./own-transaction.ts";
import { queryError } from "./query-error.ts";
import { type ConnectionWait, withReserved } from "./reserve.ts";
import { type CallInside, runInTurn, runTransactionInTurn, type Turn } from "./turn.ts";

type Work<Result> = (tx: SqlHandle) => Promise<Result>;

/**
 * Runs a function in a transaction, on a reserved connection after the transactions before it, or in a savepoint of a transaction,
 * after the savepoints before it. The driver's own errors, such as those of COMMIT and of a lost connection, become QueryErrors;
 * errors of the function are unchanged.
 * @param mode the mode of a transaction after BEGIN, such as `read only`
 * @param wait its signal ends the wait for a connection, or for what was begun before, with its reason, and closes a connection
 * of a pool whose server does not answer
 */
export async function begin<Result>(
  sql: SqlHandle,
  work: Work<Result>,
  mode = "",
  wait: ConnectionWait = {},
): Promise<Result> {
  if (isTransaction(sql)) return await savepoint(sql, work, { signal: wait.signal });
  if (canBeginAhead(sql)) return await ownTransaction(sql, mode, work, wait);
  // The driver's `begin` cannot stop waiting for a connection.
  if (wait.signal !== undefined && !("release" in sql))
    return await withReserved(sql, wait, connection => begin(connection, work, mode));
  const start = (run: Work<Result>): PromiseLike<unknown> =>
    mode === "" ? sql.begin(run) : sql.begin(mode, run);
  const send = (inner: Work<Result>): Promise<Result> =>
    withErrors(sql, inner, start, [`BEGIN ${mode}`.trim(), "COMMIT"]);
  if (!("release" in sql)) return await send(work);
  return await runTransactionInTurn(sql, callInside => send(tx => callInside(tx, work)), wait);
}

/** Runs a function in a savepoint of a transaction, after the savepoints that were begun before it. */
export async function savepoint<Result>(
  tx: TransactionHandle,
  work: Work<Result>,
  turn: Turn,
): Promise<Result> {
  const start = (callInside: CallInside): Promise<Result> =>
    withErrors(
      tx,
      inner => callInside(inner, work),
      run => tx.savepoint(run),
      SAVEPOINT,
    );
  return await runInTurn(tx, start, turn);
}

const SAVEPOINT = ["SAVEPOINT", "RELEASE SAVEPOINT"] as const;

/** Starts a transaction or a savepoint of the driver, whose own errors become QueryErrors. */
async function withErrors<Result>(
  sql: SqlHandle,
  work: Work<Result>,
  start: (run: Work<Result>) => PromiseLike<unknown>,
  [first, last]: readonly [string, string],
): Promise<Result> {
  let text = first;
  let failure: { readonly error: unknown } | undefined;
  const run: Work<Result> = async tx => {
    text = "the transaction";
    try {
      return await work(tx);
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      text = last;
    }
  };
  try {
    return (await start(run)) as Result;
  } catch (error) {
    // The driver rejects at once if the connection is lost, even while the function runs, whose own error can come just after.
    const failed = text;
    if (failure === undefined) await Bun.sleep(0);
    throw failure === undefined ? queryError(error, failed, { sql }) : failure.error;
  }
}
