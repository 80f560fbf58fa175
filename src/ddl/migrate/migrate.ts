import type { SqlHandle } from "../../driver/handle.ts";
import type { Migrated, MigrateOptions, MigrationLogOptions, MigrationState } from "./migrate-options.ts";
import type { Migration } from "./migration.ts";

/**
 * Runs the migrations that have not run on this database yet, each in a transaction with the note that it ran, unless it
 * says otherwise. Processes that start at the same time do this one after the other, so that each migration runs once.
 * @param sql a pool of Bun's or a reserved connection; not behind a pooler in transaction mode, whose connections cannot
 * hold a lock
 * @param migrations a directory of `.sql` files, run in the order of their names, or a list
 * @param options `schema` of the log, `dryRun`, `wait` in milliseconds, `onMigration`
 * @returns the names of what ran, and of what would
 * @throws MigrationError with `migration`, its name: it failed, was changed or removed since it ran, or stands before one
 * that ran; those before it are kept. LockedError after `wait`; ArgumentError for two of one name, or inside a transaction
 * @example `await migrate(sql, [{ name: "001_tag", up: "create table tag (name text primary key)" }])`
 */
export async function migrate(
  sql: SqlHandle,
  migrations: string | readonly Migration[],
  options: MigrateOptions = {},
): Promise<Migrated> {
  const { runMigrations } = await import("./run-migrations.ts");
  return await runMigrations(sql, migrations, options);
}

/**
 * Which migrations have run on this database.
 * @param sql a Bun SQL handle
 * @param migrations a directory of `.sql` files or a list, as for `migrate`
 * @param options `schema` of the log
 * @returns every migration in order, with the moment it ran
 * @throws MigrationError when the list is no continuation of what ran
 * @example `await migrationStatus(sql, [{ name: "001_tag", up: "create table tag (name text)" }])`
 */
export async function migrationStatus(
  sql: SqlHandle,
  migrations: string | readonly Migration[],
  options: MigrationLogOptions = {},
): Promise<readonly MigrationState[]> {
  const { migrationStates } = await import("./run-migrations.ts");
  return await migrationStates(sql, migrations, options);
}
