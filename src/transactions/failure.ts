import { closedPoolError } from "../driver/closed-pool.ts";
import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { codesOf, isLost } from "../driver/lost-connection.ts";
import { isStalePlan } from "../driver/stale-plan.ts";
import { causeOfAbort } from "../driver/statement-error.ts";
import { QueryError } from "../errors.ts";

/** The kind of a transaction's failure, which decides whether it is retried. */
export type FailureKind = "conflict" | "lost" | "other";

// Serialization failure and deadlock (manual, 13.5): the same work may succeed in a new transaction.
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** The kind of failure that an error is. */
export function failureKind(error: unknown): FailureKind {
  const { sqlstate } = codesOf(error);
  if (sqlstate !== undefined && CONFLICTS.has(sqlstate)) return "conflict";
  // The next attempt prepares the statement again.
  if (isStalePlan(error) || isIn(afterConflict, error)) return "conflict";
  return isLost(error) || isIn(onStandby, error) ? "lost" : "other";
}

/**
 * Milliseconds before the next attempt: a doubling limit, randomized so that conflicting transactions do not collide
 * again.
 */
export function retryDelay(attempt: number): number {
  return Math.random() * Math.min(25 * 2 ** attempt, 1_000);
}

/** Whether the pool of a failed transaction was closed by the caller, so that every attempt would fail, unlike that of a lost server. */
export async function isPoolClosed(sql: SqlHandle, error: unknown): Promise<boolean> {
  return failureKind(error) !== "conflict" && (await closedPoolError(sql)) !== undefined;
}

/** Errors of statements after a conflict in the same transaction. */
const afterConflict = new WeakSet<object>();

/** Remembers that a transaction was aborted by a conflict, if its function failed because it was aborted. */
export function noteConflict(tx: SqlHandle, error: unknown): void {
  const cause = causeOfAbort(tx, error);
  if (cause !== undefined && failureKind(cause) === "conflict") afterConflict.add(error as object);
}

/** Errors of writes on a server that became a standby, whose connection `leaveStandby` closed. */
const onStandby = new WeakSet<object>();

function isIn(errors: WeakSet<object>, error: unknown): boolean {
  return typeof error === "object" && error !== null && errors.has(error);
}

const LEAVE = "SELECT pg_terminate_backend(pg_backend_pid()) WHERE pg_is_in_recovery()";

/**
 * After a failover the pool can have connections to the former primary. If a write was rejected there, its connection is
 * closed, so that the next attempt opens a new one.
 * @param tx the transaction of the write, which has failed
 */
export async function leaveStandby(tx: SqlHandle, error: unknown): Promise<void> {
  if (!(error instanceof QueryError) || error.sqlstate !== "25006") return;
  try {
    // An aborted transaction accepts no other statement.
    await tx.unsafe("ROLLBACK");
    const rows = (await tx.unsafe(LEAVE).values()) as SqlValues;
    if (rows.length === 0) return;
  } catch {
    // The connection closed before the answer was sent.
  }
  onStandby.add(error);
}
