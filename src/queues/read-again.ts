import { closedPoolError } from "../driver/closed-pool.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { isUnavailable } from "../driver/lost-connection.ts";
import { retryDelay } from "../transactions/failure.ts";

/** About 50 seconds. */
const ATTEMPTS = 100;

/**
 * Reads again while the server has no connection for it, because the driver listens again too when the server is available.
 * Returns undefined if the signal is aborted in the meantime.
 */
export async function readAgain<Result>(
  sql: SqlHandle,
  read: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<{ readonly found: Result } | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { found: await read() };
    } catch (error) {
      if (!isUnavailable(error) || attempt === ATTEMPTS || (await closedPoolError(sql))) throw error;
    }
    if (signal?.aborted) return undefined;
    await pause(retryDelay(attempt), signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, milliseconds);
  signal?.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
}
