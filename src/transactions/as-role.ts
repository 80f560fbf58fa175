import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { asRoleSql, type RoleOptions } from "../statements/as-role-sql.ts";
import { type TransactionWork, transaction } from "./transaction.ts";

/**
 * Runs a function in a transaction as another role, with settings that row-level security policies read. Both end with
 * it and cannot leak to the next user of the connection; in a transaction of yours they are put back after it.
 * @param sql a Bun SQL handle
 * @param options the role and the settings
 * @param fn what to run, with the transaction's handle
 * @returns what the function returns
 * @throws what the function throws; the driver's error for a role that may not be taken; ArgumentError
 * @example `await asRole(sql, { settings: { "app.tenant_id": 7 } }, tx => count(tx, schema, "track"))`
 */
export async function asRole<Result>(
  sql: SqlHandle,
  options: RoleOptions,
  fn: TransactionWork<Result>,
): Promise<Result> {
  const { text, params } = asRoleSql(options);
  const isNested = isTransaction(sql);
  return await transaction(sql, async tx => {
    const before = isNested ? await currentSettings(tx, options) : undefined;
    await tx.unsafe(text, [...params]);
    const result = await fn(tx);
    // A rollback to the savepoint puts them back by itself.
    if (before !== undefined) await restore(tx, before);
    return result;
  });
}

async function currentSettings(
  tx: SqlHandle,
  { role, settings = {} }: RoleOptions,
): Promise<Record<string, string>> {
  const names = [...Object.keys(settings), ...(role === undefined ? [] : ["role"])];
  const calls = names.map((_, index) => `coalesce(current_setting($${index + 1}::text, true), '')`);
  const [values] = (await tx.unsafe(`SELECT ${calls.join(", ")}`, names).values()) as [string[]];
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}

async function restore(tx: SqlHandle, { role, ...settings }: Record<string, string>): Promise<void> {
  const { text, params } = asRoleSql({ settings, ...(role !== undefined && { role }) });
  await tx.unsafe(text, [...params]);
}
