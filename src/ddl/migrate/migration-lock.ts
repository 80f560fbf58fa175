import { singleConnection } from "../../driver/cancel.ts";
import { type HandleLimits, LIMITS, type SqlHandle } from "../../driver/handle.ts";
import { queryError } from "../../driver/query-error.ts";
import { sendForValues } from "../../driver/send.ts";
import { LockedError } from "../../errors.ts";
import { requireAbility } from "../../schema/require-ability.ts";

const POLL_MS = 100;
const LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('rowfn migrate', 0))";

// The transaction that holds the lock is idle while the migrations run.
const WITHOUT_TIMEOUTS =
  "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')";

/**
 * Runs a function while no other session migrates this database. The lock belongs to a transaction on a dedicated
 * connection, because a pooler in transaction mode would leave a lock of the session on a connection of the server.
 * Polling instead of waiting: a session that waits for a lock holds a snapshot, for which CREATE INDEX CONCURRENTLY in
 * the session with the lock would wait in turn.
 */
export async function withMigrationLock<Result>(
  own: SqlHandle,
  wait: number,
  run: () => Promise<Result>,
): Promise<Result> {
  await requireAbility(own, "advisoryLocks", "migrate", "send the statements with script, from one session");
  const keeper = singleConnection(own);
  const { signal, timeout = Infinity } = (own as { readonly [LIMITS]?: HandleLimits })[LIMITS] ?? {};
  const deadline = performance.now() + Math.min(wait, timeout);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const running = await runLocked(keeper, run);
      if (running !== undefined) return await running.result;
      if (performance.now() >= deadline)
        throw new LockedError(`another session is still migrating this database after ${wait} milliseconds`);
      await Bun.sleep(POLL_MS);
    }
  } finally {
    await keeper.close({ timeout: 0 });
  }
}

/** The outcome of a function that ran with the lock; undefined if another session has the lock. */
async function runLocked<Result>(
  keeper: Bun.SQL,
  run: () => Promise<Result>,
): Promise<{ readonly result: Promise<Result> } | undefined> {
  let result: Promise<Result> | undefined;
  try {
    await keeper.begin(async tx => {
      const [row] = await sendForValues(tx as unknown as SqlHandle, LOCK, []);
      if (row?.[0] !== true) return;
      await sendForValues(tx as unknown as SqlHandle, WITHOUT_TIMEOUTS, []);
      result = run();
      await result.catch(() => {});
    });
  } catch (error) {
    // If this connection is lost while a migration runs, the migration is not: the log rejects a second run of it.
    if (result === undefined) throw queryError(error, LOCK, { sql: keeper as unknown as SqlHandle });
  }
  return result && { result };
}
