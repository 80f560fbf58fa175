import { ArgumentError } from "../errors.ts";
import type { Statement } from "./statement.ts";

/** How a lock is taken. */
export interface LockOptions {
  /** Together with others that ask for it shared. */
  readonly shared?: boolean;
  /** `false` to throw LockedError at once instead of waiting. */
  readonly wait?: boolean;
}

/** What a lock is called: a text, whose hash is taken, or a 64-bit number. */
export type LockName = string | bigint;

/**
 * The statement that takes a lock until the end of the transaction (manual, 9.27.10 Advisory Lock Functions).
 * @param name a text or a 64-bit number
 * @param options shared or not, waiting or not
 * @returns the SQL and its parameters; without waiting it returns whether the lock was free
 * @throws ArgumentError for another name
 * @example `lockSql("report").text` → `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0)) AS locked`
 */
export function lockSql(name: LockName, { shared = false, wait = true }: LockOptions = {}): Statement {
  if (typeof name !== "string" && !(typeof name === "bigint" && BigInt.asIntN(64, name) === name))
    throw new ArgumentError("a lock's name is a text or a 64-bit bigint");
  const fn = `pg_${wait ? "" : "try_"}advisory_xact_lock${shared ? "_shared" : ""}`;
  const key = typeof name === "string" ? "hashtextextended($1::text, 0)" : "$1::text::int8";
  return { text: `SELECT ${fn}(${key}) AS locked`, params: [String(name)] };
}
