import { afterAll, beforeAll } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

export interface FreshTables {
  /** Recreates the tables at the start of a test. */
  readonly renew: () => Promise<{ readonly database: TestDatabase; readonly schema: SchemaSnapshot }>;
  /** The rows of a query, read only with the driver. */
  readonly plain: (text: string) => Promise<unknown[][]>;
}

/** A database for the tests of a single file; `start` is SQL that creates the tables of each test. */
export function freshTables(start: string): FreshTables {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());
  return {
    renew: async () => {
      await database.sql.unsafe(start);
      return { database, schema: await loadSchema(database.sql) };
    },
    plain: async text => [...(await database.sql.unsafe(text).values())],
  };
}
