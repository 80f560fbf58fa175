import { failureFacts } from "./failure-facts.ts";
import { isTransaction, type SqlHandle } from "./handle.ts";
import { codesOf } from "./lost-connection.ts";

/** As many attempts as a pool has connections, on each of which the statement can be an old one. */
const MAX_ATTEMPTS = 100;

/**
 * Whether PostgreSQL has rejected a prepared statement, before it ran, because the types of its columns have changed since,
 * as by `ALTER COLUMN ... TYPE varchar(200)`. The driver then prepares the text again when it is sent the next time.
 */
export function isStalePlan(error: unknown): boolean {
  const cause = (error as { readonly cause?: unknown } | undefined)?.cause ?? error;
  const { sqlstate, routine, isInside } = failureFacts(cause);
  return sqlstate === "0A000" && routine === "RevalidateCachedQuery" && !isInside;
}

/**
 * Sends a statement, and once more if it was prepared before a change of its table. The driver does so only if nothing was sent
 * after it.
 */
export async function sendFresh<Result>(sql: SqlHandle, send: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    return await sendAgain(sql, error, send);
  }
}

/**
 * Sends a statement again that was prepared before a change of its table. In a transaction it has aborted everything.
 * @param error of the first attempt
 * @throws the error of the last attempt
 */
export async function sendAgain<Result>(
  sql: SqlHandle,
  error: unknown,
  send: () => PromiseLike<Result>,
): Promise<Result> {
  if (!isStalePlan(error) || isTransaction(sql)) throw error;
  let failed = error;
  const attempts = Math.min(sql.options.max ?? 1, MAX_ATTEMPTS);
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      return await send();
    } catch (reason) {
      // The connection is one of the caller, who has begun a transaction on it.
      if (codesOf(reason).sqlstate === "25P02") break;
      failed = reason;
      if (!isStalePlan(reason)) break;
    }
  }
  throw failed;
}
