import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { LockedError } from "../../errors.ts";
import { requireAbility } from "../../schema/require-ability.ts";

const POLL_MS = 100;
const KEY = "hashtextextended('rowfn migrate', 0)";

/**
 * Runs a function while no other session migrates this database. The lock belongs to the connection, so it outlives
 * transactions. Polling instead of waiting: a session that waits for a lock holds a snapshot, for which CREATE INDEX
 * CONCURRENTLY in the session with the lock would wait in turn.
 */
export async function withMigrationLock<Result>(
  own: SqlHandle,
  wait: number,
  run: () => Promise<Result>,
): Promise<Result> {
  await requireAbility(own, "advisoryLocks", "migrate", "send the statements with script, from one session");
  const deadline = performance.now() + wait;
  while (!(await readValue(own, `SELECT pg_try_advisory_lock(${KEY})`))) {
    if (performance.now() >= deadline)
      throw new LockedError(`another session is still migrating this database after ${wait} milliseconds`);
    await Bun.sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    // A lost connection has already released the lock.
    await readValue(own, `SELECT pg_advisory_unlock(${KEY})`).catch(() => undefined);
  }
}

async function readValue(sql: SqlHandle, text: string): Promise<unknown> {
  return (await sendForValues(sql, text, []))[0]?.[0];
}
