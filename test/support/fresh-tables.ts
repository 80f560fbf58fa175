import { afterAll, beforeAll } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

export interface FreshTables {
  /** Makes the tables anew; what each test begins with. */
  readonly renew: () => Promise<{ readonly database: TestDatabase; readonly schema: SchemaSnapshot }>;
  /** Rows as plain SQL gives them. */
  readonly plain: (text: string) => Promise<unknown[][]>;
}

/** A database for the tests of one file, each of which begins with the tables that `start` makes. */
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
