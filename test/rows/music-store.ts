import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { loadSchema, type SchemaSnapshot, type Statement } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

/** The sample database and its snapshot, for one test file. */
export interface MusicStore {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  readonly schema: SchemaSnapshot;
}

export async function musicStore(): Promise<MusicStore> {
  const database = await testDatabase({ template: MUSIC_STORE_SQL });
  return { database, sql: database.sql, schema: await loadSchema(database.sql) };
}

/** Collects the statements that a function sends. */
export function recorder(): {
  readonly sent: Statement[];
  readonly onStatement: (statement: Statement) => void;
} {
  const sent: Statement[] = [];
  return { sent, onStatement: ({ text, params }) => void sent.push({ text, params }) };
}
