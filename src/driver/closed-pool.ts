import type { SqlHandle } from "./handle.ts";
import { isLost } from "./lost-connection.ts";
import { driverHandle } from "./wrap-handle.ts";

/**
 * Returns the error with which a pool rejects everything after the caller has closed it; undefined for an open pool, whose
 * server may be unavailable. Nothing is sent and no connection is opened.
 */
export async function closedPoolError(sql: SqlHandle): Promise<unknown> {
  const pool = driverHandle(sql) as Partial<Pick<Bun.SQL, "reserve">>;
  try {
    // An open pool rejects with the signal's reason.
    await pool.reserve?.({ signal: AbortSignal.abort() });
  } catch (error) {
    if (isLost(error)) return error;
  }
  return undefined;
}
