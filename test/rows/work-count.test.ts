// Work is counted, not timed: the number of statements that are sent, and how often a value is read.
import { afterAll, describe, expect, test } from "bun:test";
import {
  count,
  deleteRow,
  get,
  getMany,
  gt,
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
    "lookup of an existing row": () => lookup(counted, schema, "genre", { genre_id: 1, name: "" }),
    "insertMany of 50 rows": () => insertMany(counted, schema, "genre", genres(1_000, 50)),
    "insertMany of 5,000 rows": () => insertMany(counted, schema, "genre", genres(10_000, 5_000)),
    "upsertMany of 500 rows": () => upsertMany(counted, schema, "genre", genres(10_000, 500)),
    "updateMany of 500 rows": () => updateMany(counted, schema, "genre", genres(10_000, 500)),
  };
  for (const [name, run] of Object.entries(operations))
    test(name, async () => expect(await statementsOf(run)).toHaveLength(1));
});

test("a nested read is one statement", async () => {
  const texts = await statementsOf(() =>
    rowsWhere(counted, schema, "artist", { include: { album: { include: { track: true } } } }),
  );
  expect(texts).toHaveLength(1);
});

test("the statement of a nested read is built once per shape", async () => {
  const read = (key: number) => () =>
    get(counted, schema, "artist", key, {
      include: {
        album: { where: { album_id: gt(key) }, orderBy: "title", limit: 2, include: { track: true } },
      },
    });
  const [first] = await statementsOf(read(1));
  const [second] = await statementsOf(read(2));
  expect(second).toBe(first!);
});

test("the text of a statement does not depend on its values, so the driver prepares it once", async () => {
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
      await rowsWhere(counted, schema, "track", { where: { genre_id: key }, limit: 5 });
      await upsertMany(counted, schema, "genre", genres(30_000, key * 7));
    };
    for (const text of await statementsOf(run)) texts.add(text);
  }
  expect(texts.size).toBe(4);
});

test("loadSchema sends no more statements for 200 additional tables", async () => {
  const few = await statementsOf(() => loadSchema(counted));
  const tables = Array.from({ length: 200 }, (_, index) => `create table more${index} (id int primary key);`);
  await sql.unsafe(tables.join("\n"));
  expect(await statementsOf(() => loadSchema(counted))).toHaveLength(few.length);
});

/** Rows that count how often each of their values is read. */
function countedRows(
  first: number,
  count: number,
): { readonly rows: object[]; readonly readsOfEach: () => number } {
  let reads = 0;
  const rows = Array.from({ length: count }, (_, index) => {
    const row = {};
    for (const [name, value] of [
      ["genre_id", first + index],
      ["name", `counted ${first + index}`],
    ] as const)
      Object.defineProperty(row, name, {
        enumerable: true,
        get: () => {
          reads++;
          return value;
        },
      });
    return row;
  });
  return { rows, readsOfEach: () => Math.floor(reads / count) / 2 };
}

test("a value of many rows is read once for validation and once for sending", async () => {
  const { rows, readsOfEach } = countedRows(40_000, 500);
  await insertMany(sql, schema, "genre", rows as never);
  expect(readsOfEach()).toBe(2);
});

test("an upsert of many rows reads the key once more to find duplicates", async () => {
  const { rows, readsOfEach } = countedRows(50_000, 500);
  await upsertMany(sql, schema, "genre", rows as never);
  expect(readsOfEach()).toBe(2.5);
});
