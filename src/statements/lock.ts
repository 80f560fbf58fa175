import type { Limits } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { choiceText, LIMIT_OPTIONS, type OptionNames, requireOptions } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { requireText } from "../types/text.ts";
import { type Clause, NO_CLAUSE, type Statement } from "./statement.ts";

/** Options that lock the rows that are read until the transaction ends (manual, 13.3.2 Row-Level Locks). */
export interface RowLockOptions {
  /** Locks the rows until the transaction ends: `"update"`, `"no key update"`, `"share"` or `"key share"`. */
  readonly lock?: "update" | "no key update" | "share" | "key share";
  /** Skips rows that other transactions have locked. */
  readonly skipLocked?: boolean;
  /** Fails (55P03) instead of waiting for rows that other transactions have locked. */
  readonly noWait?: boolean;
}

/** The names of the options in `RowLockOptions`. */
export const ROW_LOCK_OPTIONS: OptionNames<RowLockOptions> = { lock: true, skipLocked: true, noWait: true };

const STRENGTHS: readonly string[] = ["update", "no key update", "share", "key share"];

/** ` FOR UPDATE SKIP LOCKED`, or nothing; throws ArgumentError if the options are invalid. */
export function lockClause(table: string, options: RowLockOptions): Clause {
  const text = rowLockSql(table, options);
  return text === "" ? NO_CLAUSE : { shape: text, params: [], sql: () => text };
}

function rowLockSql(table: string, { lock, skipLocked, noWait }: RowLockOptions): string {
  if (lock === undefined) {
    if (skipLocked || noWait)
      throw new ArgumentError(`${table}: skipLocked and noWait require lock; add lock: "update"`);
    return "";
  }
  if (!STRENGTHS.includes(lock))
    throw new ArgumentError(
      `${table}: lock must be ${choiceText(STRENGTHS)}, received ${describeValue(lock)}`,
    );
  if (skipLocked && noWait)
    throw new ArgumentError(`${table}: skipLocked and noWait cannot be combined; remove one of them`);
  return ` FOR ${lock.toUpperCase()}${skipLocked ? " SKIP LOCKED" : noWait ? " NOWAIT" : ""}`;
}

/** Options of an advisory lock. */
export interface LockOptions extends Limits {
  /** `true` for a shared lock, which several transactions can hold at once. */
  readonly shared?: boolean;
  /** `false` to throw LockedError at once instead of waiting. */
  readonly wait?: boolean;
}

const LOCK_OPTIONS: OptionNames<LockOptions> = { shared: true, wait: "boolean", ...LIMIT_OPTIONS };

/** The name of an advisory lock: a string, which is hashed, or a 64-bit integer. */
export type LockName = string | bigint;

/**
 * The statement that acquires a lock until the end of the transaction (manual, 9.27.10 Advisory Lock Functions).
 * @param name a string or a 64-bit integer
 * @param options shared or not, waiting or not
 * @returns the SQL and its parameters; without waiting it returns whether the lock was free
 * @throws ArgumentError for any other name
 * @example `lockSql("report").text` → `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0)) AS locked`
 */
export function lockSql(name: LockName, options: LockOptions = {}): Statement {
  requireOptions("withLock", options, LOCK_OPTIONS);
  const { shared = false, wait = true } = options;
  if (typeof name !== "string" && !(typeof name === "bigint" && BigInt.asIntN(64, name) === name))
    throw new ArgumentError(
      `the name of a lock must be a string or a 64-bit bigint, received ${describeValue(name)}`,
    );
  if (typeof name === "string") requireText("the name of a lock", name);
  const fn = `pg_${wait ? "" : "try_"}advisory_xact_lock${shared ? "_shared" : ""}`;
  const key = typeof name === "string" ? "hashtextextended($1::text, 0)" : "$1::text::int8";
  return { text: `SELECT ${fn}(${key}) AS locked`, params: [String(name)] };
}
