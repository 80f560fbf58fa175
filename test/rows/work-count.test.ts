// Work is counted instead of timed: how often a value is looked at, and how many statements are sent.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { get, insertMany, rowsWhere, traced, updateMany, upsertMany } from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

/** Rows that count how often each of their values is read. */
function countedRows(count: number): { readonly rows: object[]; readonly readsOfEach: () => number } {
  let reads = 0;
  const rows = Array.from({ length: count }, (_, index) => {
    const row = {};
    for (const [name, value] of [
      ["genre_id", 1000 + index],
      ["name", `genre ${index}`],
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

test("a value of many rows is read once to be checked and once to be sent", async () => {
  const { rows, readsOfEach } = countedRows(500);
  await insertMany(store.sql, store.schema, "genre", rows as never);
  expect(readsOfEach()).toBe(2);
});

test("an upsert of many rows looks at the key once more, to find those that are there twice", async () => {
  const { rows, readsOfEach } = countedRows(500);
  await upsertMany(store.sql, store.schema, "genre", rows as never);
  expect(readsOfEach()).toBe(2.5);
});

test("the number of statements does not depend on the number of rows", async () => {
  for (const count of [2, 2_000]) {
    const rows = Array.from({ length: count }, (_, index) => ({
      genre_id: 5_000 + index,
      name: `g${count} ${index}`,
    }));
    let sent = 0;
    const sql = traced(store.sql, () => {
      sent++;
    });
    await insertMany(sql, store.schema, "genre", rows);
    expect(sent).toBe(1);
    await rowsWhere(sql, store.schema, "genre", { orderBy: "genre_id" });
    await get(sql, store.schema, "genre", 5_000);
    expect(sent).toBe(3);
    await updateMany(sql, store.schema, "genre", rows);
    expect(sent).toBe(4);
    await store.sql.unsafe("delete from genre where genre_id >= 5000");
  }
});

test("three levels of related rows are one statement a level, in one transaction", async () => {
  const sent: string[] = [];
  const sql = traced(store.sql, ({ text }) => void sent.push(text.split(" ")[0]!));
  const artists = await rowsWhere(sql, store.schema, "artist", {
    include: { album: { include: { track: {} } } },
  });
  expect(artists.length).toBeGreaterThan(10);
  expect(sent.filter(word => word === "SELECT")).toHaveLength(3);
  expect(sent.length).toBeLessThanOrEqual(5);
});
