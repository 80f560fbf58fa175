import { afterAll, beforeEach, expect } from "bun:test";
import type { SQL } from "bun";
import { type MigrationStep, migrationSql } from "../../src/ddl/index.ts";
import { fingerprint, loadSchema, type PartitionOptions, schemaDiff } from "../../src/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { EMPTY_DATABASE_SQL } from "./empty-database.ts";

/** Two databases for the tests of a single file. */
export interface TwoDatabases {
  readonly before: SQL;
  readonly after: SQL;
  /**
   * Creates objects and rows in the first database and objects in the second one, and applies the steps of
   * `migrationSql` once, after which no step may remain.
   */
  readonly converge: (
    first: string,
    second: string,
    options?: PartitionOptions,
  ) => Promise<readonly MigrationStep[]>;
}

/** Two databases that are empty before each test. */
export async function twoDatabases(): Promise<TwoDatabases> {
  const databases = await Promise.all([testDatabase(), testDatabase()]);
  const [before, after] = databases.map(({ sql }) => sql) as [SQL, SQL];
  afterAll(() => Promise.all(databases.map(one => one.drop())));
  beforeEach(async () => {
    for (const sql of [before, after]) await sql.unsafe(EMPTY_DATABASE_SQL);
  });
  return {
    before,
    after,
    converge: (first, second, options) => convergeIn([before, after], first, second, options),
  };
}

async function convergeIn(
  [before, after]: readonly [SQL, SQL],
  first: string,
  second: string,
  options: PartitionOptions = {},
): Promise<readonly MigrationStep[]> {
  await before.unsafe(first);
  await after.unsafe(second);
  const to = await loadSchema(after, { functions: true });
  const steps = migrationSql(await loadSchema(before, { functions: true }), to, options);
  for (const { text } of steps) await before.unsafe(text);
  const now = await loadSchema(before, { functions: true });
  expect(schemaDiff(now, to, options)).toEqual([]);
  expect(fingerprint(now, options)).toBe(fingerprint(to, options));
  expect(migrationSql(now, to, options)).toEqual([]);
  return steps;
}
