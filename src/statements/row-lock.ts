import { ArgumentError } from "../errors.ts";

/** Locks on the rows that are read, until the transaction ends (manual, 13.3.2 Row-Level Locks). */
export interface RowLockOptions {
  readonly lock?: "update" | "no key update" | "share" | "key share";
  /** Leaves out rows that others have locked. */
  readonly skipLocked?: boolean;
  /** An error (55P03) instead of waiting for rows that others have locked. */
  readonly noWait?: boolean;
}

const STRENGTHS: readonly string[] = ["update", "no key update", "share", "key share"];

/** ` FOR UPDATE SKIP LOCKED`, or nothing; throws ArgumentError for what cannot be meant. */
export function lockClause(table: string, { lock, skipLocked, noWait }: RowLockOptions): string {
  if (lock === undefined) {
    if (skipLocked || noWait)
      throw new ArgumentError(`${table}: skipLocked and noWait say how to lock: name a lock too`);
    return "";
  }
  if (!STRENGTHS.includes(lock))
    throw new ArgumentError(
      `${table}: lock is one of ${STRENGTHS.join(", ")}; received ${JSON.stringify(lock)}`,
    );
  if (skipLocked && noWait)
    throw new ArgumentError(`${table}: skipLocked never waits, so noWait has no meaning beside it`);
  return ` FOR ${lock.toUpperCase()}${skipLocked ? " SKIP LOCKED" : noWait ? " NOWAIT" : ""}`;
}
