import { TimeoutError } from "../errors.ts";

/** The limit of a transaction: a timeout, a signal, or both. */
export interface Deadline {
  /** Rejects when the transaction has to stop; never resolves. */
  readonly stopped: Promise<never>;
  /** The reason to stop; undefined while the transaction may run. */
  readonly reason: () => unknown;
  readonly clear: () => void;
}

/** The deadline of a timeout in milliseconds and a signal; undefined if neither is given. */
export function newDeadline(
  timeout: number | undefined,
  signal: AbortSignal | undefined,
): Deadline | undefined {
  if (timeout === undefined && signal === undefined) return undefined;
  let reason: unknown;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  // Without a handler the rejection would be reported as unhandled.
  stopped.catch(() => {});
  const stop = (why: unknown): void => {
    reason ??= why;
    reject(reason);
  };
  const abort = (): void => stop(signal?.reason);
  const expire = (): void =>
    stop(new TimeoutError(`the transaction took longer than ${timeout} ms and was rolled back`));
  const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  const clear = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { stopped, reason: () => reason, clear };
}
