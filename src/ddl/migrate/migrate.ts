import { isTransaction, type Limits, type SqlHandle } from "../../driver/handle.ts";
import { limited } from "../../driver/limited.ts";
import { withConnection } from "../../driver/with-connection.ts";
import { ArgumentError } from "../../errors.ts";
import { LIMIT_OPTIONS, type OptionNames, requireOptions } from "../../schema/arguments.ts";
import { loadMigrations } from "./load-migrations.ts";
import type { Migration } from "./migration.ts";
import { withMigrationLock } from "./migration-lock.ts";
import { createLog, pendingMigrations, readLog, writeLog } from "./migration-log.ts";
import { type MigrationRun, requireRunnable } from "./migration-run.ts";
import { runMigration } from "./run-migration.ts";

/** Options of `migrationStatus`. */
export interface MigrationStatusOptions extends Limits {
  /** The PostgreSQL schema of the table `rowfn_migration`; `public` by default. */
  readonly schema?: string;
}

/** Options of `migrate`. */
export interface MigrateOptions extends MigrationStatusOptions {
  /** Return the pending migrations without running them. */
  readonly dryRun?: boolean;
  /** Milliseconds to wait while another session migrates the database; 600,000 by default. */
  readonly wait?: number;
  /** Called before each migration. */
  readonly onMigration?: (name: string) => void;
}

const STATUS_OPTIONS: OptionNames<MigrationStatusOptions> = { schema: true, ...LIMIT_OPTIONS };
const MIGRATE_OPTIONS: OptionNames<MigrateOptions> = {
  dryRun: true,
  wait: "count",
  onMigration: true,
  ...STATUS_OPTIONS,
};

/** The result of `migrate`: names of migrations, in order. */
export interface MigrateResult {
  /** The migrations that ran in this call. */
  readonly applied: readonly string[];
  /** With `dryRun`, the migrations that would have run. */
  readonly pending: readonly string[];
}

/** A migration and the time at which it ran. */
export interface MigrationState {
  readonly name: string;
  /** Null if the migration has not run. */
  readonly appliedAt: Date | null;
}

const WAIT_MS = 600_000;

/**
 * Runs the migrations that have not run on this database yet. Each runs in a transaction that also records it, unless the
 * migration opts out. A lock ensures that each migration runs once, even if several processes start at the same time.
 * @param sql a pool or a reserved connection; the lock takes one more connection
 * @param migrations a directory of `.sql` files, which run in the order of their names, or a list
 * @param options `schema` of the log, `dryRun`, `wait` in milliseconds, `onMigration`
 * @returns the names of the migrations that ran, or that would run
 * @throws MigrationError if a migration fails, was changed or removed after it ran, or precedes one that has run; the
 * migrations before it are committed. LockedError after `wait`; ArgumentError if the list is invalid, or in a transaction
 * @example `await migrate(sql, [{ name: "001_tag", up: "create table tag (name text primary key)" }])`
 */
export async function migrate(
  sql: SqlHandle,
  migrations: string | readonly Migration[],
  options: MigrateOptions = {},
): Promise<MigrateResult> {
  requireOptions("migrate", options, MIGRATE_OPTIONS);
  requireNoTransaction(sql, "migrate");
  const { schema = "public", dryRun = false, wait = WAIT_MS } = options;
  const list = await loadMigrations(migrations);
  const apply = async (connection: Bun.SQL): Promise<MigrateResult> => {
    const own = connection as unknown as SqlHandle;
    if (dryRun) {
      const runs = upRuns(schema, pendingMigrations(list, await readLog(own, schema)));
      return { applied: [], pending: namesOf(runs) };
    }
    const run = (): Promise<readonly string[]> => runPending(own, schema, list, options);
    return { applied: await withMigrationLock(own, wait, run), pending: [] };
  };
  return await withConnection(sql, apply, { signal: options.signal, timeout: options.timeout });
}

/**
 * Lists the migrations with the time at which each ran on this database.
 * @param sql a Bun SQL handle
 * @param migrations a directory of `.sql` files or a list, as for `migrate`
 * @param options `schema` of the log
 * @returns every migration in order, with its timestamp
 * @throws MigrationError if a migration was changed or removed after it ran, or precedes one that has run
 * @example `await migrationStatus(sql, [{ name: "001_tag", up: "create table tag (name text)" }])`
 */
export async function migrationStatus(
  sql: SqlHandle,
  migrations: string | readonly Migration[],
  options: MigrationStatusOptions = {},
): Promise<readonly MigrationState[]> {
  requireOptions("migrationStatus", options, STATUS_OPTIONS);
  const { schema = "public" } = options;
  const list = await loadMigrations(migrations);
  const log = await limited(sql, options, handle => readLog(handle, schema));
  pendingMigrations(list, log);
  const times = new Map(log.map(({ name, appliedAt }) => [name, appliedAt]));
  return list.map(({ name }) => ({ name, appliedAt: times.get(name) ?? null }));
}

async function runPending(
  own: SqlHandle,
  schema: string,
  list: readonly Migration[],
  { onMigration }: MigrateOptions,
): Promise<readonly string[]> {
  await createLog(own, schema);
  const runs = upRuns(schema, pendingMigrations(list, await readLog(own, schema)));
  for (const run of runs) {
    onMigration?.(run.name);
    await runMigration(own, run);
  }
  return namesOf(runs);
}

// All are checked before the first one runs.
function upRuns(schema: string, pending: readonly Migration[]): readonly MigrationRun[] {
  const runs = pending.map(migration => ({
    name: migration.name,
    body: migration.up,
    transaction: migration.transaction !== false,
    record: (sql: SqlHandle) => writeLog(sql, schema, migration),
  }));
  for (const run of runs) requireRunnable(run);
  return runs;
}

/** Throws ArgumentError in a transaction. */
export function requireNoTransaction(sql: SqlHandle, name: string): void {
  if (isTransaction(sql))
    throw new ArgumentError(`${name} cannot run inside a transaction; pass a pool or a reserved connection`);
}

function namesOf(migrations: readonly { readonly name: string }[]): readonly string[] {
  return migrations.map(({ name }) => name);
}
