// Work is counted, not timed: the numbers are the same on every machine.
import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  count,
  deleteRow,
  get,
  getMany,
  insert,
  insertMany,
  loadSchema,
  lookup,
  rowsWhere,
  traced,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { musicStore } from "../support/music-store.ts";

const { database, sql, schema } = await musicStore();
afterAll(() => database.drop());

let sent: string[] = [];
const counted = traced(sql, ({ text }) => void sent.push(text));

async function statementsOf(run: () => PromiseLike<unknown>): Promise<string[]> {
  sent = [];
  await run();
  return sent;
}

const genres = (from: number, rows: number) =>
  Array.from({ length: rows }, (_, index) => ({ genre_id: from + index, name: `genre ${from + index}` }));

describe("one statement", () => {
  const operations: Readonly<Record<string, () => PromiseLike<unknown>>> = {
    get: () => get(counted, schema, "genre", 1),
    "getMany of 32 keys": () =>
      getMany(
        counted,
        schema,
        "genre",
        Array.from({ length: 32 }, (_, key) => key),
      ),
    rowsWhere: () => rowsWhere(counted, schema, "track", { where: { genre_id: 1 }, limit: 50 }),
    count: () => count(counted, schema, "track"),
    insert: () => insert(counted, schema, "genre", { genre_id: 501, name: "one" }),
    update: () => update(counted, schema, "genre", { genre_id: 501, name: "two" }),
    upsert: () => upsert(counted, schema, "genre", { genre_id: 501, name: "three" }),
    deleteRow: () => deleteRow(counted, schema, "genre", 501),
    "lookup of a row that is there": () => lookup(counted, schema, "genre", { genre_id: 1, name: "" }),
    "insertMany of 50 rows": () => insertMany(counted, schema, "genre", genres(1_000, 50)),
    "insertMany of 5,000 rows": () => insertMany(counted, schema, "genre", genres(10_000, 5_000)),
    "upsertMany of 500 rows": () => upsertMany(counted, schema, "genre", genres(10_000, 500)),
    "updateMany of 500 rows": () => updateMany(counted, schema, "genre", genres(10_000, 500)),
  };
  for (const [name, run] of Object.entries(operations))
    test(name, async () => expect(await statementsOf(run)).toHaveLength(1));
});

test("a nested read is one statement a level, in one transaction", async () => {
  const texts = await statementsOf(() =>
    rowsWhere(counted, schema, "artist", { include: { album: { include: { track: true } } } }),
  );
  expect(texts.map(text => text.split(" ")[0])).toEqual(["BEGIN", "SELECT", "SELECT", "SELECT", "COMMIT"]);
});

test("the text of a statement does not depend on its values, so that the driver prepares it once", async () => {
  const texts = new Set<string>();
  for (let key = 1; key <= 5; key++) {
    const run = async (): Promise<void> => {
      await get(counted, schema, "genre", key);
      await getMany(
        counted,
        schema,
        "genre",
        Array.from({ length: key }, (_, index) => index),
      );
      await rowsWhere(counted, schema, "track", { where: { genre_id: key }, limit: key });
      await upsertMany(counted, schema, "genre", genres(30_000, key * 7));
    };
    for (const text of await statementsOf(run)) texts.add(text);
  }
  expect(texts.size).toBe(4);
});

test("loadSchema sends as many statements for 200 tables more", async () => {
  const few = await statementsOf(() => loadSchema(counted));
  const tables = Array.from({ length: 200 }, (_, index) => `create table more${index} (id int primary key);`);
  await sql.unsafe(tables.join("\n"));
  expect(await statementsOf(() => loadSchema(counted))).toHaveLength(few.length);
});

// The whole is what an application pays that imports everything; a part is what is left when a bundler drops the rest.
async function gzipped(code: string): Promise<number> {
  const entry = join(import.meta.dir, "entry.ts");
  const built = await Bun.build({
    entrypoints: [entry],
    files: { [entry]: code },
    target: "bun",
    minify: true,
    external: ["valibot"],
  });
  return Bun.gzipSync(new Uint8Array(await built.outputs[0]!.arrayBuffer()), { level: 9 }).length;
}

test("reading and writing rows is at most 39.5 kB, gzipped and without valibot", async () => {
  const code = `import { insert, loadSchema, rowsWhere, upsert } from "../../src/index.ts"; export { insert, loadSchema, rowsWhere, upsert };`;
  expect(await gzipped(code)).toBeLessThan(39_500);
});

// A package that a function loads when it is called is its user's choice.
test("valibot is the only package that the core imports", async () => {
  const files = [...new Bun.Glob("**/*.ts").scanSync(join(import.meta.dir, "../../src"))].filter(
    file => !/^(cli|testing)\//.test(file),
  );
  const imported = new Set<string>();
  for (const file of files) {
    const text = await Bun.file(join(import.meta.dir, "../../src", file)).text();
    for (const { path, kind } of new Bun.Transpiler({ loader: "ts" }).scanImports(text))
      if (kind === "import-statement" && !path.startsWith(".") && !path.startsWith("node:") && path !== "bun")
        imported.add(path);
  }
  expect([...imported]).toEqual(["valibot"]);
});
