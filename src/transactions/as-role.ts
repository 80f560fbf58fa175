import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { resultOf } from "../driver/own-transaction.ts";
import { sendAhead } from "../driver/pipeline.ts";
import { sendForValues } from "../driver/send.ts";
import { requireFunction } from "../schema/arguments.ts";
import { asRoleSql, type RoleOptions } from "../statements/as-role-sql.ts";
import { type TransactionWork, transaction } from "./transaction.ts";

/**
 * Runs a function in a transaction as a different role, with settings that row-level security policies read. Role and
 * settings end with the transaction, so the next user of the connection does not see them; inside your own transaction
 * they are restored afterwards.
 * @param sql a Bun SQL handle
 * @param options the role and the settings; `signal`, `timeout` in milliseconds
 * @param fn the function to run, with the transaction's handle
 * @returns the result of the function
 * @throws the error of the function; QueryError if the role is not permitted; ArgumentError
 * @example `await asRole(sql, { settings: { "app.tenant_id": 7 } }, tx => count(tx, schema, "track"))`
 */
export async function asRole<Result>(
  sql: SqlHandle,
  options: RoleOptions,
  fn: TransactionWork<Result>,
): Promise<Result> {
  requireFunction("fn", fn);
  const settings = asRoleSql(options);
  const isNested = isTransaction(sql);
  const run = async (tx: Bun.TransactionSQL): Promise<Result> => {
    const before = isNested ? await currentSettings(tx, options) : undefined;
    // The function's first statement is sent with the settings. If the settings fail, the statement fails too, and the
    // error of the settings is reported.
    const ready = sendAhead(tx, settings);
    const result = await runAfter(ready, () => resultOf(fn(tx)));
    // After an error the rollback to the savepoint restores them.
    if (before !== undefined) await restore(tx, before);
    return result;
  };
  const { signal, timeout } = options;
  return await transaction(sql, run, { signal, timeout });
}

async function runAfter<Result>(
  ready: Promise<unknown>,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } finally {
    await ready;
  }
}

async function currentSettings(
  tx: SqlHandle,
  { role, settings = {} }: RoleOptions,
): Promise<Record<string, string>> {
  const names = [...Object.keys(settings), ...(role === undefined ? [] : ["role"])];
  const calls = names.map((_, index) => `coalesce(current_setting($${index + 1}::text, true), '')`);
  const [values = []] = await sendForValues(tx, `SELECT ${calls.join(", ")}`, names);
  return Object.fromEntries(names.map((name, index) => [name, String(values[index])]));
}

// First the role, which may not be permitted to change the settings.
async function restore(tx: SqlHandle, { role, ...settings }: Record<string, string>): Promise<void> {
  const { text, params } = asRoleSql({ settings: { ...(role !== undefined && { role }), ...settings } });
  await sendForValues(tx, text, params);
}
