import { afterAll, beforeEach } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

export interface TestTables {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  readonly schema: SchemaSnapshot;
  /** The rows of a query, read only with the driver. */
  readonly plain: (text: string) => Promise<unknown[][]>;
}

/** A database for the tests of a single file: `tables` creates it, and `rows` is SQL that runs before each test. */
export async function testTables(tables: string, rows = ""): Promise<TestTables> {
  const database = await testDatabase({ template: tables });
  const { sql } = database;
  afterAll(() => database.drop());
  if (rows !== "") beforeEach(async () => void (await sql.unsafe(rows)));
  return {
    database,
    sql,
    schema: await loadSchema(sql),
    plain: async text => [...(await sql.unsafe(text).values())],
  };
}
