import { expect, test } from "bun:test";
import { schema } from "../../examples/music-store/database.ts";
import { musicStoreModule } from "../../examples/music-store/generate.ts";
import { assertFresh } from "../../src/index.ts";
import { musicStore } from "../support/music-store.ts";

test("the generated module of the music store equals the output of `bun examples/music-store/generate.ts`", async () => {
  const { database, sql, schema: loaded } = await musicStore();
  const stored = (name: string): Promise<string> =>
    Bun.file(new URL(`../../examples/music-store/${name}`, import.meta.url)).text();
  expect(musicStoreModule(loaded)).toBe(await stored("database.ts"));
  await assertFresh(sql, schema);
  await database.drop();
});
