import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MusicStore, musicStore } from "../support/music-store.ts";

const PAGE = readFileSync(join(import.meta.dir, "../../docs/architecture.md"), "utf8");
const PROGRAM = join(import.meta.dir, "../support/entered-files.ts");

let store: MusicStore;
let entered: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  store = await musicStore();
  const child = Bun.spawn([process.execPath, PROGRAM, store.database.url], {
    stdout: "pipe",
    stderr: "inherit",
  });
  entered = (await new Response(child.stdout).json()) as typeof entered;
});
afterAll(() => store.database.drop());

/** The files that the section of a function mentions. */
function namedFiles(name: string): readonly string[] {
  const section = PAGE.split(/^## /m).find(
    text => /^(A row|Rows) through/.test(text) && text.includes(`\`${name}\``),
  );
  const own = [...section!.matchAll(/src\/([\w/.-]+\.ts)/g)].map(([, file]) => file!);
  const other = /(?:files of|as in) `(\w+)`/.exec(section!)?.[1];
  return other === undefined || other === name ? own : [...own, ...namedFiles(other)];
}

test("a call with a cached statement enters few files", () => {
  expect(entered["get"]!.length).toBeLessThanOrEqual(9);
  expect(entered["insert"]!.length).toBeLessThanOrEqual(11);
});

test("pages of all rows do not enter the builder of their statements again, in any order", () => {
  expect(entered["page"]).toContain("rows/known-page.ts");
  expect(entered["page"]).not.toContain("statements/page-sql.ts");
});

for (const name of ["get", "insert", "rowsWhere", "upsertMany"])
  test(`the map mentions every file that ${name} enters`, () => {
    const named = namedFiles(name);
    expect(entered[name]!.length).toBeGreaterThan(5);
    expect(entered[name]!.filter(file => !named.includes(file))).toEqual([]);
  });
