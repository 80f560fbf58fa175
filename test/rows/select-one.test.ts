import { afterAll, beforeAll, expect, test } from "bun:test";
import { NotFoundError, NotUniqueError, selectOne } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const others: TestDatabase[] = [];

afterAll(() => Promise.all(others.map(({ drop }) => drop())));

test("selectOne returns the only row and throws if no row or several rows match", async () => {
  const { sql, schema } = store;
  expect(await selectOne(sql, schema, "genre", { where: { name: "Ambient" }, select: ["genre_id"] })).toEqual(
    {
      genre_id: 1,
    },
  );
  await expect(selectOne(sql, schema, "genre", { where: { name: "x" } })).rejects.toThrow(NotFoundError);
  await expect(selectOne(sql, schema, "genre")).rejects.toThrow(NotUniqueError);
});
