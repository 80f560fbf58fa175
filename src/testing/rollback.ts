import { begin } from "../driver/begin.ts";
import { withCallSite } from "../driver/call-site.ts";
import { requireHandle, type SqlHandle } from "../driver/handle.ts";
import { resultOf } from "../driver/own-transaction.ts";
import { requireFunction } from "../schema/arguments.ts";
import { newActions } from "../transactions/after-commit.ts";
import type { TransactionWork } from "../transactions/transaction.ts";

/**
 * Runs a function in a transaction that is always rolled back, so that a test leaves no changes. Inside a transaction
 * it uses a savepoint. Functions of `afterCommit` never run, because nothing is committed.
 * @param sql a Bun SQL handle
 * @param run the function, called with the transaction's handle
 * @returns the result of `run`
 * @throws the error of `run`; QueryError if the connection fails
 * @example `await rollback(sql, async tx => { await tx.unsafe("delete from t"); ... })`
 */
export async function rollback<Result>(sql: SqlHandle, run: TransactionWork<Result>): Promise<Result> {
  requireHandle(sql);
  requireFunction("run", run);
  const undo = new Error("rolled back by rollback()");
  let result: { readonly value: Result } | undefined;
  const body = async (tx: SqlHandle): Promise<never> => {
    newActions(tx);
    result = { value: await resultOf(run(tx as unknown as Bun.TransactionSQL)) };
    throw undo;
  };
  try {
    await begin(sql, body);
  } catch (error) {
    if (error !== undo || result === undefined) throw withCallSite(error);
    return result.value;
  }
  throw undo;
}
