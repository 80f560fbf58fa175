import type { Limits, SqlHandle } from "../../driver/handle.ts";
import { withConnection } from "../../driver/with-connection.ts";
import { ArgumentError, MigrationError } from "../../errors.ts";
import { LIMIT_OPTIONS, type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { loadMigrations } from "./load-migrations.ts";
import { requireNoTransaction } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { withMigrationLock } from "./migration-lock.ts";
import { pendingMigrations, readLog, removeFromLog } from "./migration-log.ts";
import { type MigrationRun, requireRunnable } from "./migration-run.ts";
import { runMigration } from "./run-migration.ts";

/** Options of `migrateDown`. */
export interface MigrateDownOptions extends Limits {
  /** The PostgreSQL schema of the table `rowfn_migration`; `public` by default. */
  readonly schema?: string;
  /** The number of migrations to revert, from the last; 1 by default. */
  readonly steps?: number;
  /** Return the migrations that would be reverted without running anything. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait while another session migrates the database; 600,000 by default. */
  readonly wait?: number;
  /** Called before each migration. */
  readonly onMigration?: (name: string) => void;
}

const OPTIONS: OptionNames<MigrateDownOptions> = {
  ...{ schema: true, steps: true, dryRun: true, wait: "count", onMigration: true },
  ...LIMIT_OPTIONS,
};

const WAIT_MS = 600_000;

/**
 * Reverts the migrations that ran last, by their `down`, and removes them from the log, so that `migrate` runs them again.
 * Each runs in a transaction, like `migrate`.
 * @param sql a pool or a reserved connection; the lock takes one more connection
 * @param migrations a directory of `.sql` files with lines `-- rowfn: down`, or a list, as for `migrate`
 * @param options `steps`, `schema` of the log, `dryRun`, `wait` in milliseconds, `onMigration`
 * @returns the names of the migrations that were reverted, the last one first; with `dryRun`, that would be reverted
 * @throws MigrationError if one of them has no `down`, before anything runs, or fails; those before it stay reverted.
 * LockedError after `wait`; ArgumentError in a transaction
 * @example `await migrateDown(sql, [{ name: "001_tag", up: "create table tag (name text)", down: "drop table tag" }])`
 */
export async function migrateDown(
  sql: SqlHandle,
  migrations: string | readonly Migration[],
  options: MigrateDownOptions = {},
): Promise<readonly string[]> {
  requireOptions("migrateDown", options, OPTIONS);
  requireNoTransaction(sql, "migrateDown");
  const { schema = "public", steps = 1, dryRun = false, wait = WAIT_MS, onMigration } = options;
  if (!Number.isInteger(steps) || steps < 1)
    throw new ArgumentError(`steps must be a positive integer, received ${String(steps)}`);
  const list = await loadMigrations(migrations);
  const revert = async (connection: Bun.SQL): Promise<readonly string[]> => {
    const own = connection as unknown as SqlHandle;
    return await withMigrationLock(own, wait, async () => {
      const runs = await downRuns(own, schema, list, steps);
      if (!dryRun)
        for (const run of runs) {
          onMigration?.(run.name);
          await runMigration(own, run);
        }
      return runs.map(({ name }) => name);
    });
  };
  return await withConnection(sql, revert, { signal: options.signal, timeout: options.timeout });
}

async function downRuns(
  own: SqlHandle,
  schema: string,
  list: readonly Migration[],
  steps: number,
): Promise<readonly MigrationRun[]> {
  const log = await readLog(own, schema);
  pendingMigrations(list, log);
  const byName = new Map(list.map(migration => [migration.name, migration]));
  const runs = log
    .slice(-steps)
    .reverse()
    .map(({ name }) => downRun(schema, byName.get(name)!));
  for (const run of runs) requireRunnable(run);
  return runs;
}

function downRun(schema: string, migration: Migration): MigrationRun {
  const { name, down, transaction } = migration;
  if (down === undefined)
    throw new MigrationError(
      `migration ${name} has no SQL to revert it; add the SQL after a line "-- rowfn: down", or as down in a list of migrations`,
      name,
    );
  return {
    name,
    body: down,
    transaction: transaction !== false,
    record: sql => removeFromLog(sql, schema, migration),
  };
}
