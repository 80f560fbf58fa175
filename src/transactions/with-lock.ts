import type { SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { LockedError } from "../errors.ts";
import { requireFunction } from "../schema/arguments.ts";
import { requireAbility } from "../schema/require-ability.ts";
import { type LockName, type LockOptions, lockSql } from "../statements/lock.ts";
import { type TransactionWork, transaction } from "./transaction.ts";

/**
 * Runs a function in a transaction that holds the lock with a name. The lock is released when the transaction ends, even
 * if the process dies.
 * @param sql a Bun SQL handle; inside your own transaction the lock is held until that transaction ends
 * @param name the name of the lock, which all sessions on the database share
 * @param fn the function to run, with the transaction's handle
 * @param options `shared`; `wait: false` to fail instead of waiting; `signal`, `timeout` in milliseconds
 * @returns the result of the function
 * @throws LockedError with `wait: false` if another session holds the lock; the error of the function; ArgumentError, also on an engine
 * without advisory locks
 * @example `await withLock(sql, "report", tx => count(tx, schema, "track"))`
 */
export async function withLock<Result>(
  sql: SqlHandle,
  name: LockName,
  fn: TransactionWork<Result>,
  options: LockOptions = {},
): Promise<Result> {
  requireFunction("fn", fn);
  const { text, params } = lockSql(name, options);
  const run = async (tx: Bun.TransactionSQL): Promise<Result> => {
    await requireAbility(tx, "advisoryLocks", "withLock");
    const [row] = await sendForValues(tx, text, params);
    if (row?.[0] === false)
      throw new LockedError(`lock ${JSON.stringify(String(name))} is held by another session`);
    return await fn(tx);
  };
  const { signal, timeout } = options;
  return await transaction(sql, run, { signal, timeout });
}
