import { expect, test } from "bun:test";
import { schema } from "../../examples/music-store/database.ts";
import { musicStoreModule } from "../../examples/music-store/generate.ts";
import { assertFresh } from "../../src/index.ts";
import { musicStore } from "../support/music-store.ts";

test("the sample's generated module is what `bun examples/music-store/generate.ts` writes", async () => {
  const { database, sql, schema: loaded } = await musicStore();
  const types = (text: string): string => text.slice(0, text.indexOf("parseSchema<Tables>("));
  const file = Bun.file(new URL("../../examples/music-store/database.ts", import.meta.url));
  expect(types(musicStoreModule(loaded))).toBe(types(await file.text()));
  await assertFresh(sql, schema);
  await database.drop();
});
