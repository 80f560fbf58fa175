// Rows by their primary keys.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { deleteMany, get, getMany, getOrThrow, NotFoundError, pksAndRowsWhere } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const others: TestDatabase[] = [];

afterAll(() => Promise.all(others.map(({ drop }) => drop())));

test("get accepts a value, an array in key order or an object in any order", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const [plain] = await sql`select playlist_id, track_id, position from playlist_track
    order by playlist_id, track_id limit 1`.values();
  const [playlist_id, track_id, position] = plain;
  const expected = { track_id, playlist_id, position };
  const options = { onStatement };
  expect(await get(sql, schema, "playlist_track", [playlist_id, track_id], options)).toEqual(expected);
  expect(await get(sql, schema, "playlist_track", { track_id, playlist_id }, options)).toEqual(expected);
  const statement = {
    text:
      'SELECT "track_id", "playlist_id", "position" FROM "public"."playlist_track" ' +
      'WHERE "playlist_id" = $1::text::int4 AND "track_id" = $2::text::int4',
    params: [String(playlist_id), String(track_id)],
  };
  expect(sent).toEqual([statement, statement]);
  expect(await get(sql, schema, "genre", 1, { select: ["name"] })).toEqual({ name: "Ambient" });
  expect(await get(sql, schema, "genre", { genre_id: 1 }, { select: ["name"] })).toEqual({ name: "Ambient" });
});

test("get returns undefined for a row that does not exist, getOrThrow throws NotFoundError", async () => {
  expect(await get(store.sql, store.schema, "genre", 999)).toBeUndefined();
  await expect(getOrThrow(store.sql, store.schema, "genre", 999)).rejects.toThrow(NotFoundError);
  expect(await getOrThrow(store.sql, store.schema, "genre", 1, { select: ["genre_id"] })).toEqual({
    genre_id: 1,
  });
});

test("a key in an invalid form is rejected, also after a valid key, and the error shows the valid forms", async () => {
  const { sql, schema } = store;
  expect(await get(sql, schema, "playlist_track", [1, 0])).toBeUndefined();
  expect(await get(sql, schema, "genre", 0)).toBeUndefined();
  const rejected: [string, unknown, string][] = [
    [
      "playlist_track",
      1,
      "the key of playlist_track must be [playlist_id, track_id] or { playlist_id, track_id }, received 1",
    ],
    ["playlist_track", [1], "received an array of length 1"],
    ["playlist_track", { playlist_id: 1 }, "received { playlist_id }"],
    [
      "playlist_track",
      { playlist_id: 1, track_id: 2, position: 3 },
      "received { playlist_id, track_id, position }",
    ],
    ["playlist_track", [1, undefined], "playlist_track.track_id: undefined"],
    [
      "genre",
      [1, 2],
      "the key of genre must be the value of genre_id, or { genre_id }, received an array of length 2",
    ],
    ["genre", null, "genre.genre_id: the value of a key cannot be null"],
    ["genre", undefined, "or { genre_id }, received undefined"],
    ["genre", "x", "genre.genre_id: expected an integer"],
    ["album_overview", 1, "album_overview has no primary key; use rowsWhere or selectOne with a filter"],
  ];
  for (const [name, key, message] of rejected)
    await expect(get(sql, schema, name, key)).rejects.toThrow(message);
});

test("getMany returns the rows in the order of the keys, undefined for a missing row, in one statement", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  expect(await getMany(sql, schema, "genre", [2, 999, 1, 2], { select: ["name"], onStatement })).toEqual([
    { name: (await sql`select name from genre where genre_id = 2`.values())[0][0] },
    undefined,
    { name: "Ambient" },
    { name: (await sql`select name from genre where genre_id = 2`.values())[0][0] },
  ]);
  expect(sent).toEqual([
    {
      text:
        'SELECT "genre"."name", "genre"."genre_id" FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") ' +
        'LEFT JOIN "public"."genre" ON "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "keys"."n"',
      params: ["{2,999,1,2}"],
    },
  ]);
  expect(await getMany(sql, schema, "genre", [])).toEqual([]);
});

test("an invalid key among several is reported with its index", async () => {
  const { sql, schema } = store;
  const rejected: [unknown, string][] = [
    ["x", "genre.genre_id, keys[1]: expected an integer"],
    [null, "genre.genre_id, keys[1]: the value of a key cannot be null"],
    [
      [1, 2],
      "keys[1] of genre must be the value of genre_id, or { genre_id }, received an array of length 2",
    ],
  ];
  for (const [key, message] of rejected) {
    await expect(getMany(sql, schema, "genre", [1, key] as number[])).rejects.toThrow(message);
    await expect(deleteMany(sql, schema, "genre", [1, key] as number[])).rejects.toThrow(message);
  }
});

test("pksAndRowsWhere returns keys as values, or as arrays in key order, even if they are not selected", async () => {
  const { sql, schema } = store;
  expect(await pksAndRowsWhere(sql, schema, "genre", { where: { genre_id: 1 }, select: ["name"] })).toEqual([
    [1, { name: "Ambient" }],
  ]);
  expect(
    await pksAndRowsWhere(sql, schema, "genre", { limit: 1, orderBy: "genre_id", select: ["genre_id"] }),
  ).toEqual([[1, { genre_id: 1 }]]);
  const [[key, row] = []] = await pksAndRowsWhere(sql, schema, "playlist_track", {
    limit: 1,
    orderBy: "position",
  });
  expect(key).toEqual([row!["playlist_id"], row!["track_id"]]);
  await expect(pksAndRowsWhere(sql, schema, "album_overview")).rejects.toThrow("no primary key");
});
