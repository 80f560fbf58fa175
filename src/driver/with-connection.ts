import { ArgumentError } from "../errors.ts";
import { isTransaction, type SqlHandle } from "./handle.ts";
import { queryError } from "./query-error.ts";

/**
 * Runs a function with a dedicated connection, for slow statements: on one connection the driver runs queries one at a
 * time, so a slow query on the pool can delay fast ones although other connections are free.
 * @param sql a Bun SQL handle; a transaction or a reserved connection is already dedicated and used directly
 * @param fn the function to run, with the connection's handle
 * @returns the result of the function
 * @throws the error of the function; QueryError if no connection can be opened
 * @example `await withConnection(sql, connection => count(connection, schema, "track"))`
 */
export async function withConnection<Result>(
  sql: SqlHandle,
  fn: (connection: Bun.SQL) => Result | Promise<Result>,
): Promise<Result> {
  if (typeof fn !== "function") throw new ArgumentError("fn must be a function");
  const handle = sql as unknown as Bun.SQL;
  if (isTransaction(sql) || "release" in sql) return await fn(handle);
  const connection = await reserveConnection(handle);
  try {
    return await fn(connection);
  } finally {
    connection.release();
  }
}

/** Takes a connection from a pool; an aborted signal ends the wait with its reason. */
export async function reserveConnection(pool: Bun.SQL, signal?: AbortSignal): Promise<Bun.ReservedSQL> {
  try {
    return await (signal === undefined ? pool.reserve() : pool.reserve({ signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw queryError(error, "a new connection", { sql: pool as unknown as SqlHandle });
  }
}
