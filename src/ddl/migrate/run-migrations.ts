import { isTransaction, type SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { exclusive } from "../../transactions/exclusive.ts";
import type { Migrated, MigrateOptions, MigrationLogOptions, MigrationState } from "./migrate-options.ts";
import { checkMigrations, type Migration } from "./migration.ts";
import { migrationFiles } from "./migration-files.ts";
import { pendingMigrations } from "./migration-history.ts";
import { withMigrationLock } from "./migration-lock.ts";
import { createLog, readLog } from "./migration-log.ts";
import { runMigration } from "./run-migration.ts";

type Migrations = string | readonly Migration[];

const WAIT_MS = 600_000;

/** What `migrate` does. */
export async function runMigrations(
  sql: SqlHandle,
  migrations: Migrations,
  options: MigrateOptions,
): Promise<Migrated> {
  if (isTransaction(sql))
    throw new ArgumentError("migrate makes transactions of its own: pass the pool or a connection");
  const { schema = "public", dryRun = false, wait = WAIT_MS, onMigration } = options;
  const list = await listOf(migrations);
  return await exclusive(sql, async connection => {
    const own: SqlHandle = connection as unknown as SqlHandle;
    if (dryRun) {
      const pending = pendingMigrations(list, await readLog(own, schema));
      return { applied: [], pending: pending.map(({ name }) => name) };
    }
    return await withMigrationLock(own, wait, async () => {
      await createLog(own, schema);
      const pending = pendingMigrations(list, await readLog(own, schema));
      for (const migration of pending) {
        onMigration?.(migration.name);
        await runMigration(own, schema, migration);
      }
      return { applied: pending.map(({ name }) => name), pending: [] };
    });
  });
}

/** What `migrationStatus` does. */
export async function migrationStates(
  sql: SqlHandle,
  migrations: Migrations,
  options: MigrationLogOptions,
): Promise<readonly MigrationState[]> {
  const list = await listOf(migrations);
  const history = await readLog(sql, options.schema ?? "public");
  pendingMigrations(list, history);
  const moments = new Map(history.map(({ name, appliedAt }) => [name, appliedAt]));
  return list.map(({ name }) => ({ name, appliedAt: moments.get(name) ?? null }));
}

async function listOf(migrations: Migrations): Promise<readonly Migration[]> {
  const list = typeof migrations === "string" ? await migrationFiles(migrations) : migrations;
  checkMigrations(list);
  return list;
}
