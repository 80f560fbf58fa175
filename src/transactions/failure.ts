import { codesOf, isLost } from "../driver/lost-connection.ts";
import { wasOnStandby } from "./leave-standby.ts";

/** The kind of a transaction's failure, which decides whether it is retried. */
export type FailureKind = "conflict" | "lost" | "other";

// Serialization failure and deadlock (manual, 13.5): the same work may succeed in a new transaction.
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** The kind of failure that an error is. */
export function failureKind(error: unknown): FailureKind {
  const { sqlstate } = codesOf(error);
  if (sqlstate !== undefined && CONFLICTS.has(sqlstate)) return "conflict";
  return isLost(error) || wasOnStandby(error) ? "lost" : "other";
}

/**
 * Milliseconds before the next attempt: a doubling limit, randomized so that conflicting transactions do not collide
 * again.
 */
export function retryDelay(attempt: number): number {
  return Math.random() * Math.min(25 * 2 ** attempt, 1_000);
}
