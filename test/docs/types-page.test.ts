import { expect, test } from "bun:test";
import { join } from "node:path";
import { compile } from "../support/compile.ts";

const ROOT = join(import.meta.dir, "../..");

test("the examples of docs/types.md fit the sample's generated module", async () => {
  const text = await Bun.file(join(ROOT, "docs/types.md")).text();
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const database = JSON.stringify(join(ROOT, "examples/music-store/database.ts"));
  const code = blocks.join("\n").replace('"./database.ts"', database);
  const handle = 'import type { SqlHandle } from "rowfn";\ndeclare const sql: SqlHandle;\n';
  const { tsc, bunCheck } = await compile({ "page.ts": `${handle}${code}` });
  expect({ tsc, bunCheck }).toEqual({ tsc: [], bunCheck: [] });
});
