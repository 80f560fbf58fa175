import { whenUnanswered } from "./deadline.ts";
import type { SqlHandle } from "./handle.ts";
import { queryError } from "./query-error.ts";

/** Takes a connection from a pool; an aborted signal ends the wait with its reason. */
export async function reserveConnection(pool: Bun.SQL, signal?: AbortSignal): Promise<Bun.ReservedSQL> {
  try {
    return await (signal === undefined ? pool.reserve() : pool.reserve({ signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw queryError(error, "a new connection", { sql: pool as unknown as SqlHandle });
  }
}

/** How a call waits for a connection of a pool, and for its answers. */
export interface ConnectionWait {
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called when there is a connection. */
  readonly onConnection?: () => void;
}

/**
 * Runs a function with a connection of a pool. If it has not ended some seconds after the signal is aborted, the server does not
 * answer, and the connection is closed, so that everything on it is rejected.
 */
export async function withReserved<Result>(
  pool: SqlHandle,
  { signal, onConnection }: ConnectionWait,
  run: (connection: SqlHandle) => Promise<Result>,
): Promise<Result> {
  const reserved = await reserveConnection(pool as unknown as Bun.SQL, signal);
  onConnection?.();
  const stopWatching = whenUnanswered(signal, () => void reserved.close({ timeout: 0 }).catch(() => {}));
  try {
    return await run(reserved as unknown as SqlHandle);
  } finally {
    stopWatching();
    reserved.release();
  }
}
