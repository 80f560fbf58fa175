import type { SqlHandle } from "../driver/handle.ts";
import { LockedError } from "../errors.ts";
import { type LockName, type LockOptions, lockSql } from "../statements/lock.ts";
import { type TransactionWork, transaction } from "./transaction.ts";

/**
 * Runs a function in a transaction while nobody else holds the lock of that name. The lock ends with the transaction,
 * also when the process dies.
 * @param sql a Bun SQL handle; in a transaction of yours the lock lasts until that ends
 * @param name what the lock is called: the same text is the same lock everywhere on the database
 * @param fn what to run, with the transaction's handle
 * @param options `shared`; `wait: false` not to wait
 * @returns what the function returns
 * @throws LockedError with `wait: false` when it is taken; what the function throws; ArgumentError
 * @example `await withLock(sql, "report", tx => count(tx, schema, "track"))`
 */
export async function withLock<Result>(
  sql: SqlHandle,
  name: LockName,
  fn: TransactionWork<Result>,
  options: LockOptions = {},
): Promise<Result> {
  const { text, params } = lockSql(name, options);
  return await transaction(sql, async tx => {
    const [row] = (await tx.unsafe(text, [...params])) as [{ readonly locked: unknown }];
    if (row.locked === false)
      throw new LockedError(`somebody else holds the lock ${JSON.stringify(String(name))}`);
    return await fn(tx);
  });
}
