import { QueryError } from "../errors.ts";
import { wasOnStandby } from "./leave-standby.ts";

/** The kind of a transaction's failure, which decides whether it is retried. */
export type FailureKind = "conflict" | "lost" | "other";

// Serialization failure and deadlock (manual, 13.5): the same work may succeed in a new transaction.
const CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01"]);

/** The kind of failure that an error is. */
export function failureKind(error: unknown): FailureKind {
  const { sqlstate, code } = codesOf(error);
  if (sqlstate !== undefined && CONFLICTS.has(sqlstate)) return "conflict";
  return isLost(sqlstate, code) || wasOnStandby(error) ? "lost" : "other";
}

// Class 08 and the shutdowns of class 57 (manual, appendix A); the driver's codes for a lost connection.
function isLost(sqlstate: string | undefined, code: string | undefined): boolean {
  if (sqlstate !== undefined) return sqlstate.startsWith("08") || /^57P0[1-5]$/.test(sqlstate);
  return code?.startsWith("ERR_POSTGRES_CONNECTION") ?? false;
}

function codesOf(error: unknown): {
  readonly sqlstate: string | undefined;
  readonly code: string | undefined;
} {
  const cause = error instanceof QueryError ? error.cause : error;
  const { errno, code } = (typeof cause === "object" && cause !== null ? cause : {}) as Record<
    string,
    unknown
  >;
  return {
    sqlstate: typeof errno === "string" ? errno : undefined,
    code: typeof code === "string" ? code : undefined,
  };
}

/** Milliseconds before the next attempt: a doubling limit, at random so that conflicting transactions move apart. */
export function retryDelay(attempt: number): number {
  return Math.random() * Math.min(25 * 2 ** attempt, 1_000);
}
