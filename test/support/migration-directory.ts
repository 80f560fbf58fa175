import { afterEach, beforeEach } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

/** What a test of migrations works on. */
export interface MigrationTest {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  readonly directory: string;
}

/**
 * Gives each test of a file a database and an empty directory for migrations, and removes both after it.
 * @param start receives them before each test
 * @returns writes a file of the directory
 */
export function eachMigrationTest(start: (own: MigrationTest) => void): (name: string, text: string) => void {
  let own: MigrationTest;
  beforeEach(async () => {
    const database = await testDatabase();
    own = { database, sql: database.sql, directory: mkdtempSync(join(tmpdir(), "rowfn-migrations-")) };
    start(own);
  });
  afterEach(async () => {
    rmSync(own.directory, { recursive: true });
    await own.database.drop();
  });
  return (name, text) => writeFileSync(join(own.directory, name), text);
}
