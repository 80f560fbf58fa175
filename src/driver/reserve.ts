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
