import { ArgumentError } from "../errors.ts";

const OUTCOME: unique symbol = Symbol("rowfn job outcome");

/** What a handler says of its job when that is not done: made by `retryLater` and `giveUp`. */
export interface JobOutcome {
  readonly [OUTCOME]: "retry" | "failed";
  readonly after: number;
  readonly reason: string | null;
}

/**
 * Returned by a handler: the job waits and is taken again. What the handler did is kept, as it is not after an error.
 * @param after milliseconds from now
 * @param reason for the column of errors
 * @throws ArgumentError for another number
 * @example `retryLater(60_000, "the mail server is busy")`
 */
export function retryLater(after: number, reason: string | null = null): JobOutcome {
  return Object.freeze({
    [OUTCOME]: "retry" as const,
    after: requireDelay("retryLater takes", after),
    reason,
  });
}

/** Milliseconds from 0; throws ArgumentError, which begins with `what`. */
export function requireDelay(what: string, after: number): number {
  if (after >= 0 && Number.isFinite(after)) return after;
  throw new ArgumentError(`${what} milliseconds from 0, received ${String(after)}`);
}

/**
 * Returned by a handler: the job has failed and is not taken again. What the handler did is kept.
 * @param reason for the column of errors
 * @example `giveUp("there is no such address")`
 */
export function giveUp(reason: string): JobOutcome {
  return Object.freeze({ [OUTCOME]: "failed" as const, after: 0, reason });
}

/** The outcome that a handler returned; undefined for any other value, which means done. */
export function outcomeOf(value: unknown): "retry" | "failed" | undefined {
  return typeof value === "object" && value !== null && OUTCOME in value
    ? (value as JobOutcome)[OUTCOME]
    : undefined;
}
