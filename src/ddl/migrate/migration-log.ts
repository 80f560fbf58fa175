import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { quoteName } from "../../schema/quote.ts";
import type { Migration } from "./migration.ts";
import { checksum } from "./migration.ts";

/** Where it is recorded which migrations have run. */
const NAME = "rowfn_migration";

/** A migration that has run. */
export interface LoggedMigration {
  readonly name: string;
  readonly checksum: string | null;
  readonly appliedAt: Date;
}

export async function createLog(sql: SqlHandle, schema: string): Promise<void> {
  if (await hasLog(sql, schema)) return;
  await sendForValues(
    sql,
    `CREATE TABLE ${quoteName({ schema, name: NAME })} (
  position int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  checksum text,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)`,
    [],
  );
}

/** What has run, in that order; nothing where there is no log yet. */
export async function readLog(sql: SqlHandle, schema: string): Promise<readonly LoggedMigration[]> {
  if (!(await hasLog(sql, schema))) return [];
  const rows = await sendForValues(
    sql,
    `SELECT name, checksum, (extract(epoch FROM applied_at) * 1000)::float8::text FROM ${quoteName({ schema, name: NAME })} ORDER BY position`,
    [],
  );
  return rows.map(([name, sum, at]) => ({
    name: String(name),
    checksum: sum === null ? null : String(sum),
    appliedAt: new Date(Number(at)),
  }));
}

export async function writeLog(sql: SqlHandle, schema: string, migration: Migration): Promise<void> {
  await sendForValues(
    sql,
    `INSERT INTO ${quoteName({ schema, name: NAME })} (name, checksum) VALUES ($1::text, $2::text)`,
    [migration.name, checksum(migration)],
  );
}

async function hasLog(sql: SqlHandle, schema: string): Promise<boolean> {
  const [row] = await sendForValues(
    sql,
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1::text AND tablename = $2::text)",
    [schema, NAME],
  );
  return row?.[0] === true;
}
