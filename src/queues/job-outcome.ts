import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";

const OUTCOME: unique symbol = Symbol.for("rowfn.jobOutcome");

/** The outcome that a handler returns if its job is not done; see `retryLater` and `giveUp`. */
export interface JobOutcome {
  readonly [OUTCOME]: "retry" | "failed";
  readonly after: number;
  readonly reason: string | null;
}

/**
 * Returned by a handler, makes its job pending again after a delay. Unlike after an error, the handler's work is committed.
 * @param after milliseconds from now
 * @param reason is stored in the column of errors
 * @returns the outcome for the handler to return
 * @throws ArgumentError if `after` is negative or above 8.64e15, or `reason` is not a string
 * @example `retryLater(60_000, "the mail server is busy")`
 */
export function retryLater(after: number, reason: string | null = null): JobOutcome {
  if (reason !== null) requireReason(reason);
  const outcome = { [OUTCOME]: "retry" as const, after: requireDelay("after must be", after), reason };
  return Object.freeze(outcome);
}

// The range of a Date; the end of a longer delay would be out of range of timestamptz.
const MAX_DELAY_MS = 8.64e15;

/** Returns the milliseconds; throws ArgumentError, which begins with `what`, if no `run_at` could hold their end. */
export function requireDelay(what: string, milliseconds: number): number {
  if (milliseconds >= 0 && milliseconds <= MAX_DELAY_MS) return milliseconds;
  const limit = Number.isFinite(milliseconds) && milliseconds > 0 ? ` up to ${MAX_DELAY_MS}` : "";
  throw new ArgumentError(
    `${what} a non-negative number of milliseconds${limit}, received ${String(milliseconds)}`,
  );
}

/**
 * Returned by a handler, makes its job fail without another try. The handler's work is committed.
 * @param reason is stored in the column of errors
 * @returns the outcome for the handler to return
 * @throws ArgumentError if `reason` is not a string
 * @example `giveUp("the address does not exist")`
 */
export function giveUp(reason: string): JobOutcome {
  requireReason(reason);
  return Object.freeze({ [OUTCOME]: "failed" as const, after: 0, reason });
}

function requireReason(reason: unknown): void {
  if (typeof reason !== "string")
    throw new ArgumentError(`reason must be a string, received ${describeValue(reason)}`);
}

/** The outcome in a handler's return value; undefined for any other value, which means that the job is done. */
export function outcomeOf(value: unknown): "retry" | "failed" | undefined {
  return typeof value === "object" && value !== null && OUTCOME in value
    ? (value as JobOutcome)[OUTCOME]
    : undefined;
}
