// `bun examples/music-store/generate.ts`: writes database.ts and database.json, the generated module of the music store, and its
// diagram.
import { join } from "node:path";
import { loadSchema, type SchemaSnapshot } from "rowfn";
import { diagram, generateModule, snapshotJson } from "rowfn/files";
import { testDatabase } from "rowfn/testing";
import { MUSIC_STORE_SQL } from "./music-store.ts";

/** Returns the module of a snapshot of the music store. */
export function musicStoreModule(schema: SchemaSnapshot): string {
  const types = { "customer.settings": { type: "CustomerSettings", from: "./settings.ts" } };
  return generateModule(schema, { types, snapshot: "./database.json" });
}

if (import.meta.main) {
  const { sql, drop } = await testDatabase({ template: MUSIC_STORE_SQL });
  const schema = await loadSchema(sql).finally(drop);
  await Bun.write(join(import.meta.dir, "database.ts"), musicStoreModule(schema));
  await Bun.write(join(import.meta.dir, "database.json"), snapshotJson(schema));
  await Bun.write(join(import.meta.dir, "../../docs/music-store.svg"), diagram(schema, { format: "svg" }));
}
