import { isTransaction, type SqlHandle } from "../driver/handle.ts";

/**
 * Runs a function with a connection of its own, for slow work: the driver sends queries one behind the other on a
 * connection, so a slow one on the pool would hold up fast ones although other connections are free.
 * @param sql a Bun SQL handle; a transaction or a reserved connection has its own already and is used as it is
 * @param fn what to run, with the connection's handle
 * @returns what the function returns
 * @throws what the function throws; the driver's error when no connection can be had
 * @example `await exclusive(sql, own => count(own, schema, "track"))`
 */
export async function exclusive<Result>(
  sql: SqlHandle,
  fn: (own: Bun.SQL) => Result | Promise<Result>,
): Promise<Result> {
  if (isTransaction(sql) || "release" in sql) return await fn(sql as unknown as Bun.SQL);
  const own = await (sql as unknown as Bun.SQL).reserve();
  try {
    return await fn(own);
  } finally {
    own.release();
  }
}
