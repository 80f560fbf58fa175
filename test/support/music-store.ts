import { MUSIC_STORE_SQL } from "../../examples/music-store/music-store.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

/** The music store and its snapshot, for a single test file. */
export interface MusicStore {
  readonly database: TestDatabase;
  readonly sql: TestDatabase["sql"];
  readonly schema: SchemaSnapshot;
}

export async function musicStore(): Promise<MusicStore> {
  const database = await testDatabase({ template: MUSIC_STORE_SQL });
  return { database, sql: database.sql, schema: await loadSchema(database.sql) };
}
