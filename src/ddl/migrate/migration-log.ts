import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { MigrationError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import { LOG_TABLE } from "../../schema/relation.ts";
import { checksum, hasChecksum, type Migration } from "./migration.ts";

/** A migration that has run, as the log table records it. */
export interface LogEntry {
  readonly name: string;
  readonly checksum: string | null;
  readonly appliedAt: Date;
}

/** Creates the log table unless it exists. */
export async function createLog(sql: SqlHandle, schema: string): Promise<void> {
  if (await hasLog(sql, schema)) return;
  await sendForValues(
    sql,
    `CREATE TABLE ${quoteName({ schema, name: LOG_TABLE })} (
  position int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  checksum text,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)`,
    [],
  );
}

/** The migrations that have run, in that order; empty if there is no log table. */
export async function readLog(sql: SqlHandle, schema: string): Promise<readonly LogEntry[]> {
  if (!(await hasLog(sql, schema))) return [];
  const rows = await sendForValues(
    sql,
    `SELECT name, checksum, (extract(epoch FROM applied_at) * 1000)::float8::text FROM ${quoteName({ schema, name: LOG_TABLE })} ORDER BY position`,
    [],
  );
  return rows.map(([name, sum, at]) => ({
    name: String(name),
    checksum: sum === null ? null : String(sum),
    appliedAt: new Date(Number(at)),
  }));
}

/** Records a migration that has run. */
export async function writeLog(sql: SqlHandle, schema: string, migration: Migration): Promise<void> {
  await sendForValues(
    sql,
    `INSERT INTO ${quoteName({ schema, name: LOG_TABLE })} (name, checksum) VALUES ($1::text, $2::text)`,
    [migration.name, checksum(migration)],
  );
}

/** Removes a migration that was reverted. */
export async function removeFromLog(sql: SqlHandle, schema: string, { name }: Migration): Promise<void> {
  await sendForValues(sql, `DELETE FROM ${quoteName({ schema, name: LOG_TABLE })} WHERE name = $1::text`, [
    name,
  ]);
}

async function hasLog(sql: SqlHandle, schema: string): Promise<boolean> {
  const [row] = await sendForValues(
    sql,
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1::text AND tablename = $2::text)",
    [schema, LOG_TABLE],
  );
  return row?.[0] === true;
}

/** The migrations that have not run yet; throws MigrationError unless the list continues the log. */
export function pendingMigrations(
  migrations: readonly Migration[],
  log: readonly LogEntry[],
): readonly Migration[] {
  const byName = new Map(migrations.map(migration => [migration.name, migration]));
  for (const entry of log) requireUnchanged(byName.get(entry.name), entry);
  return requireOrder(migrations, new Set(log.map(({ name }) => name)));
}

function requireUnchanged(migration: Migration | undefined, { name, checksum: logged }: LogEntry): void {
  if (migration === undefined)
    throw new MigrationError(
      `migration ${name} has run on this database but no longer exists; restore it`,
      name,
    );
  if (logged !== null && !hasChecksum(migration, logged))
    throw new MigrationError(
      `migration ${name} was changed after it ran on this database; undo the change and add a new migration`,
      name,
    );
}

function requireOrder(migrations: readonly Migration[], done: ReadonlySet<string>): readonly Migration[] {
  const pending = migrations.filter(({ name }) => !done.has(name));
  const last = migrations.findLastIndex(({ name }) => done.has(name));
  const [first] = pending;
  if (first !== undefined && migrations.indexOf(first) < last)
    throw new MigrationError(
      `migration ${first.name} sorts before ${migrations[last]!.name}, which has already run; rename it so that it sorts last`,
      first.name,
    );
  return pending;
}
