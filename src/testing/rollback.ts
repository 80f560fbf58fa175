import { isTransaction, type SqlHandle } from "../driver/handle.ts";

/**
 * Runs a function in a transaction that is always rolled back, so that a test leaves nothing in the database; inside a
 * transaction in a savepoint.
 * @param sql a Bun SQL handle
 * @param run gets the transaction's handle
 * @returns what `run` returned
 * @throws what `run` threw
 * @example `await rollback(sql, async tx => { await tx.unsafe("delete from t"); ... })`
 */
export async function rollback<Result>(
  sql: SqlHandle,
  run: (tx: SqlHandle) => Result | Promise<Result>,
): Promise<Result> {
  const undo = new Error("rolled back as asked");
  let result: { readonly value: Result } | undefined;
  const body = async (tx: SqlHandle): Promise<never> => {
    result = { value: await run(tx) };
    throw undo;
  };
  try {
    await (isTransaction(sql) ? sql.savepoint(body) : sql.begin(body));
  } catch (error) {
    if (error !== undo || result === undefined) throw error;
    return result.value;
  }
  throw undo;
}
