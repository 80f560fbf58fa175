import { ArgumentError } from "../errors.ts";
import { choiceText, type OptionNames } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";

/** Options of `transaction`: its mode (manual, SET TRANSACTION), retries and limits. */
export interface TransactionOptions {
  /** `"read committed"`, `"repeatable read"` or `"serializable"`; default: the server's setting. */
  readonly isolation?: "read committed" | "repeatable read" | "serializable";
  /** `true` for a read-only transaction. */
  readonly readOnly?: boolean;
  /** With `serializable` and `readOnly`: waits until the transaction can run without a serialization failure. */
  readonly deferrable?: boolean;
  /**
   * The number of retries after a serialization failure, a deadlock, or a change of a table for which statements are prepared
   * (default: 0).
   */
  readonly retries?: number;
  /** Milliseconds for all attempts together; then the running statement is canceled. */
  readonly timeout?: number | undefined;
  /** Cancels the running statement and rolls back the transaction. */
  readonly signal?: AbortSignal | undefined;
  /** Also retries after a lost connection, because running the function twice does no harm. */
  readonly idempotent?: boolean;
}

/** The names of the options of `transaction`. */
export const TRANSACTION_OPTIONS: OptionNames<TransactionOptions> = {
  ...{ isolation: true, readOnly: true, deferrable: true, retries: true },
  ...{ timeout: true, signal: true, idempotent: true },
};

const ISOLATIONS: readonly string[] = ["read committed", "repeatable read", "serializable"];

/** The mode after BEGIN, such as `isolation level serializable read only`; throws ArgumentError if it is invalid. */
export function transactionMode({ isolation, readOnly, deferrable }: TransactionOptions): string {
  if (isolation !== undefined && !ISOLATIONS.includes(isolation))
    throw new ArgumentError(
      `isolation must be ${choiceText(ISOLATIONS)}, received ${describeValue(isolation)}`,
    );
  if (deferrable && !(readOnly && isolation === "serializable"))
    throw new ArgumentError(`deferrable: true requires isolation: "serializable" and readOnly: true`);
  const modes = [
    isolation === undefined ? "" : `isolation level ${isolation}`,
    readOnly === undefined ? "" : readOnly ? "read only" : "read write",
    deferrable ? "deferrable" : "",
  ];
  return modes.filter(mode => mode !== "").join(" ");
}

/** Throws ArgumentError if `retries` is invalid. */
export function checkRetries({ retries, idempotent }: TransactionOptions): void {
  if (retries === undefined && idempotent)
    throw new ArgumentError("idempotent: true requires retries, without which nothing is tried again");
  if (retries === undefined) return;
  if (!Number.isInteger(retries) || retries < 0)
    throw new ArgumentError(`retries must be a non-negative integer, received ${String(retries)}`);
}
