import { TimeoutError } from "../errors.ts";
import type { Limits, SqlHandle } from "./handle.ts";

/** Milliseconds after the deadline of a call until a server that does not answer is given up. */
export const ANSWER_MS = 5_000;

/** The running limits of a call. */
export interface Deadline {
  /** Aborted when the call has to stop, with the reason that the call rejects with. */
  readonly signal: AbortSignal;
  /** Rejects with the reason when the call has to stop; never resolves. */
  readonly stopped: Promise<never>;
  /** The end of the call on the clock of `performance.now()`; Infinity without a timeout. */
  readonly endsAt: number;
  /** Stops the clock. */
  readonly clear: () => void;
}

/** Starts the clock of a call. `describe` returns the error of a call that took too long. */
export function newDeadline(
  { signal, timeout }: Limits,
  describe: (timeout: number) => TimeoutError,
): Deadline {
  const controller = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  // Without a handler the rejection would be reported as unhandled.
  stopped.catch(() => {});
  const stop = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const abort = (): void => stop(signal?.reason);
  const timer = timeout === undefined ? undefined : setTimeout(() => stop(describe(timeout)), timeout);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const clear = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  const endsAt = performance.now() + (timeout ?? Number.POSITIVE_INFINITY);
  return { signal: controller.signal, stopped, endsAt, clear };
}

/** Waits until a promise settles, at most until the limits are reached. It never rejects. */
export async function waitWithin(promise: Promise<unknown>, limits: Limits): Promise<void> {
  const { stopped, clear } = newDeadline(limits, timeout => new TimeoutError(`${timeout} ms`));
  await Promise.race([promise, stopped]).catch(() => {});
  clear();
}

/**
 * Waits for a call that ends soon after its deadline, unless its server does not answer.
 * @param describe returns the error of a call that gets no answer
 */
export async function untilGivenUp<Result>(
  running: Promise<Result>,
  deadline: Deadline | undefined,
  describe: (reason: unknown) => unknown = reason => reason,
): Promise<Result> {
  if (deadline === undefined) return await running;
  const { signal } = deadline;
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const stopWatching = whenUnanswered(signal, () => {
    if (signal.reason instanceof TimeoutError) unanswered.add(signal.reason);
    reject(describe(signal.reason));
  });
  try {
    return await Promise.race([running, givenUp]);
  } finally {
    stopWatching();
  }
}

const unanswered = new WeakSet<object>();

/** Whether an error is that of a call whose server did not answer after its timeout. */
export function isUnanswered(error: unknown): boolean {
  return typeof error === "object" && error !== null && unanswered.has(error);
}

/** Calls a function some seconds after the signal is aborted, unless the returned function is called before. */
export function whenUnanswered(signal: AbortSignal | undefined, giveUp: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    timer = setTimeout(giveUp, ANSWER_MS);
  };
  signal?.addEventListener("abort", wait);
  if (signal?.aborted) wait();
  return () => {
    signal?.removeEventListener("abort", wait);
    clearTimeout(timer);
  };
}

/**
 * The error of a call that waited for a connection. In a pool with one connection the usual reason is a query on the
 * pool inside a transaction.
 */
export function noConnectionError({ options }: SqlHandle, timeout: number): TimeoutError {
  const advice =
    options.max === 1
      ? "; the pool has one connection: inside a transaction pass tx instead of the pool"
      : "";
  return new TimeoutError(`no connection was free within ${timeout} ms; nothing was sent${advice}`);
}
