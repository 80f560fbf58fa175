import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { LockedError } from "../../errors.ts";

const POLL_MS = 100;
const KEY = "hashtextextended('rowfn migrate', 0)";

/**
 * Runs a function while no other process migrates this database. The lock is the connection's, so that it outlives
 * transactions, and ends with it. It is asked for again and again instead of waited for: a statement that waits would
 * hold up CREATE INDEX CONCURRENTLY, for which it is a transaction that may still look at old rows.
 */
export async function withMigrationLock<Result>(
  own: SqlHandle,
  wait: number,
  run: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + wait;
  while (!(await value(own, `SELECT pg_try_advisory_lock(${KEY})`))) {
    if (performance.now() >= deadline)
      throw new LockedError(`another process has been migrating this database for ${wait} milliseconds`);
    await Bun.sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    // A connection that is lost has given it up already.
    await value(own, `SELECT pg_advisory_unlock(${KEY})`).catch(() => undefined);
  }
}

async function value(sql: SqlHandle, text: string): Promise<unknown> {
  return (await sendForValues(sql, text, []))[0]?.[0];
}
