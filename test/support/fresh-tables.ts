import { afterAll, beforeAll } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

export interface FreshTables {
  /** Creates the tables again, for the start of a test. */
  readonly renew: () => Promise<{ readonly database: TestDatabase; readonly schema: SchemaSnapshot }>;
  /** The rows of a query by the driver alone. */
  readonly plain: (text: string) => Promise<unknown[][]>;
}

/** A database for the tests of one file; `start` is SQL that creates the tables of each test. */
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
