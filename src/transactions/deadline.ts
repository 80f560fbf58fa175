import type { SqlHandle } from "../driver/handle.ts";
import { TimeoutError } from "../errors.ts";

/** When a transaction has to stop, and why. */
export interface Deadline {
  /** Rejects when it has to stop; never resolves. */
  readonly stopped: Promise<never>;
  /** The reason; undefined while it may run. */
  readonly reason: () => unknown;
  readonly clear: () => void;
}

/** A deadline after some milliseconds, or when a signal says so; undefined without both. */
export function deadlineOf(
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Deadline | undefined {
  if (timeout === undefined && signal === undefined) return undefined;
  let reason: unknown;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting yet.
  stopped.catch(() => {});
  const stop = (why: unknown): void => {
    reason ??= why;
    reject(reason);
  };
  const abort = (): void => stop(signal?.reason);
  const late = (): void => stop(new TimeoutError(`the transaction took longer than ${timeout} ms`));
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  const clear = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { stopped, reason: () => reason, clear };
}

/** The process on the server that a transaction runs in. */
export async function backendOf(tx: SqlHandle): Promise<number> {
  const [row] = (await tx.unsafe("SELECT pg_backend_pid() AS pid")) as [{ readonly pid: number }];
  return row.pid;
}

// A function that catches the error may go on with another statement.
const CANCELS = 5;

/**
 * Stops the statements that a server process runs until the function that sends them has ended, or does something else:
 * by a connection of its own, because those of the pool may all be waiting, and while the transaction is still open, so
 * that no statement of anybody else is hit.
 */
export async function cancelBackend(sql: SqlHandle, pid: number, running: Promise<unknown>): Promise<void> {
  const canceller = new Bun.SQL({ ...(sql.options as Bun.SQL.PostgresOrMySQLOptions), max: 1 });
  const ended = running.then(
    () => true,
    () => true,
  );
  try {
    for (let attempt = 0; attempt < CANCELS; attempt++) {
      await canceller.unsafe("SELECT pg_cancel_backend($1::text::int4)", [String(pid)]);
      if (await Promise.race([ended, Bun.sleep(50).then(() => false)])) return;
    }
  } finally {
    await canceller.close({ timeout: 1 });
  }
}
