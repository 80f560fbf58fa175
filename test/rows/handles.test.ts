import { afterAll, beforeAll, expect, test } from "bun:test";
import { count, expr, get, item } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const others: TestDatabase[] = [];

afterAll(() => Promise.all(others.map(({ drop }) => drop())));

test("every function works in a transaction, in a savepoint and on a reserved connection", async () => {
  const { sql, schema } = store;
  await sql.begin(async tx => {
    await tx`update genre set name = 'Changed' where genre_id = 1`;
    expect(await get(tx, schema, "genre", 1)).toEqual({ genre_id: 1, name: "Changed" });
    await tx.savepoint(async inner => expect(await count(inner, schema, "genre")).toBeGreaterThan(1));
    await tx`update genre set name = 'Ambient' where genre_id = 1`;
  });
  const reserved = await sql.reserve();
  expect(await item(reserved, schema, expr`select 1 as one`)).toBe(1);
  reserved.release();
});
