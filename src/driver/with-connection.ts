import { ArgumentError } from "../errors.ts";
import { withCallSite } from "./call-site.ts";
import { isTransaction, type Limits, requireLimits, type SqlHandle } from "./handle.ts";
import { limited } from "./limited.ts";
import { reserveConnection } from "./reserve.ts";

/**
 * Runs a function with a dedicated connection, for slow statements: on one connection the driver runs queries one at a
 * time, so a slow query on the pool can delay fast ones although other connections are free.
 * @param sql a Bun SQL handle; a transaction or a reserved connection is already dedicated and used directly
 * @param fn the function to run, with the connection's handle
 * @param options `signal`, `timeout` in milliseconds: cancel the function's running statement and reject the following ones
 * @returns the result of the function
 * @throws the error of the function; the signal's reason; TimeoutError; QueryError if no connection can be opened
 * @example `await withConnection(sql, connection => count(connection, schema, "track"))`
 */
export async function withConnection<Result>(
  sql: SqlHandle,
  fn: (connection: Bun.SQL) => Result | Promise<Result>,
  options?: Limits,
): Promise<Result> {
  requireLimits("withConnection", options);
  try {
    return await limited(sql, options, handle => onConnection(handle, fn), true);
  } catch (error) {
    throw withCallSite(error);
  }
}

async function onConnection<Result>(
  sql: SqlHandle,
  fn: (connection: Bun.SQL) => Result | Promise<Result>,
): Promise<Result> {
  if (typeof fn !== "function")
    throw new ArgumentError(`fn must be a function, received ${fn === null ? "null" : typeof fn}`);
  const handle = sql as unknown as Bun.SQL;
  if (isTransaction(sql) || "release" in sql) return await fn(handle);
  const connection = await reserveConnection(handle);
  try {
    return await fn(connection);
  } finally {
    connection.release();
  }
}
