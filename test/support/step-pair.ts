import { afterAll, beforeAll, beforeEach, expect } from "bun:test";
import { type MigrationStep, migrationSql } from "../../src/ddl/index.ts";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { EMPTY_DATABASE_SQL } from "./empty-database.ts";

/** Two databases that are empty before each test; the first one is migrated to the schema of the second one. */
export interface StepPair {
  readonly before: TestDatabase;
  readonly after: TestDatabase;
  /** The steps from one schema to another; runs them on the first database, which must then equal the second one. */
  readonly stepsBetween: (
    from: string,
    to: string,
    options?: Parameters<typeof migrationSql>[2],
  ) => Promise<readonly MigrationStep[]>;
  /** The rows of a query of the first database. */
  readonly values: (text: string) => Promise<unknown>;
}

export function stepPair(): StepPair {
  let databases: TestDatabase[];
  beforeAll(async () => {
    databases = await Promise.all([testDatabase(), testDatabase()]);
  });
  beforeEach(async () => {
    for (const { sql } of databases) await sql.unsafe(EMPTY_DATABASE_SQL);
  });
  afterAll(() => Promise.all(databases.map(({ drop }) => drop())));
  const pair: StepPair = {
    get before() {
      return databases[0]!;
    },
    get after() {
      return databases[1]!;
    },
    stepsBetween: async (from, to, options) => {
      const { before, after } = pair;
      await before.sql.unsafe(from);
      await after.sql.unsafe(to);
      const [old, now] = await Promise.all([loadSchema(before.sql), loadSchema(after.sql)]);
      const steps = migrationSql(old, now, { partitions: true, ...options });
      for (const { text } of steps) await before.sql.unsafe(text);
      const left = schemaDiff(await loadSchema(before.sql), now, { partitions: true });
      expect(left.filter(line => !line.includes(": column order "))).toEqual([]);
      return steps;
    },
    values: async text => [...(await pair.before.sql.unsafe(text).values())],
  };
  return pair;
}

export function texts(steps: readonly MigrationStep[]): readonly string[] {
  return steps.map(({ text }) => text);
}
