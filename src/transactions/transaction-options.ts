import { ArgumentError } from "../errors.ts";

/** How a transaction runs (manual, SET TRANSACTION), and how often and how long it is tried. */
export interface TransactionOptions {
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  readonly readOnly?: boolean;
  /** With `serializable` and `readOnly`: waits for a moment when nothing can disturb it. */
  readonly deferrable?: boolean;
  /** How often it is tried again after a serialization failure or a deadlock; never by default. */
  readonly retries?: number;
  /** Milliseconds for all attempts together; the statement that runs then is stopped. */
  readonly timeout?: number;
  /** Stops the statement that runs and the transaction. */
  readonly signal?: AbortSignal;
  /** Says that running it twice does no harm, so that it is tried again after a lost connection as well. */
  readonly idempotent?: boolean;
}

const ISOLATIONS: readonly string[] = ["read committed", "repeatable read", "serializable"];

/** What follows BEGIN: `ISOLATION LEVEL SERIALIZABLE READ ONLY`; throws ArgumentError for what cannot be meant. */
export function transactionMode({ isolation, readOnly, deferrable }: TransactionOptions): string {
  if (isolation !== undefined && !ISOLATIONS.includes(isolation))
    throw new ArgumentError(`isolation is one of ${ISOLATIONS.join(", ")}; received ${String(isolation)}`);
  if (deferrable && !(readOnly && isolation === "serializable"))
    throw new ArgumentError(`deferrable needs isolation: "serializable" and readOnly: true`);
  const modes = [
    isolation === undefined ? "" : `isolation level ${isolation}`,
    readOnly === undefined ? "" : readOnly ? "read only" : "read write",
    deferrable ? "deferrable" : "",
  ];
  return modes.filter(mode => mode !== "").join(" ");
}

/** Throws ArgumentError for options of attempts that cannot be meant. */
export function checkAttempts({ retries = 0, timeout }: TransactionOptions): void {
  if (!Number.isInteger(retries) || retries < 0)
    throw new ArgumentError(`retries is a whole number from 0; received ${String(retries)}`);
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0 && timeout < 2 ** 31))
    throw new ArgumentError(`timeout is a number of milliseconds above 0; received ${String(timeout)}`);
}
