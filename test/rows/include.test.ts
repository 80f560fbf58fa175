import { afterAll, beforeAll, expect, test } from "bun:test";
import { get, rowsWhere, scope } from "../../src/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";
import { RELATED_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(RELATED_TABLES);

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const plain = async (sql: Bun.SQL, text: string): Promise<unknown[][]> => [
  ...(await sql.unsafe(text).values()),
];

test("a row has only the properties of its selected columns and relations, without those of the keys", async () => {
  const [artist] = await rowsWhere(store.sql, store.schema, "artist", {
    select: ["name"],
    where: { artist_id: 1 },
    include: { album: { select: ["title"], limit: 1, orderBy: "album_id" } },
  });
  expect(Object.keys(artist!)).toEqual(["name", "album"]);
  expect((artist!["album"] as object[]).map(Object.keys)).toEqual([["title"]]);
});

test("an include with three levels is one statement and returns the same rows as plain SQL", async () => {
  const { sent, onStatement } = recorder();
  const artists = await rowsWhere(store.sql, store.schema, "artist", {
    orderBy: "artist_id",
    include: {
      album: { orderBy: "album_id", include: { track: { select: ["name"], orderBy: "track_id" } } },
    },
    onStatement,
  });
  expect(sent).toEqual([
    {
      text:
        'WITH "level0" ("c1", "c2", "c3") AS (SELECT "artist_id", "name", "country" FROM "public"."artist" ORDER BY "artist"."artist_id"), ' +
        '"level1" ("c1", "c2", "c3", "c4") AS (SELECT "album"."album_id", "album"."title", "album"."artist_id", "album"."released_on"::text ' +
        'FROM "public"."album" WHERE "album"."artist_id" IN (SELECT "level0"."c1" FROM "level0") ORDER BY "album"."album_id"), ' +
        '"level2" ("c1", "c2") AS (SELECT "track"."name", "track"."album_id" FROM "public"."track" ' +
        'WHERE "track"."album_id" IN (SELECT "level1"."c1" FROM "level1") ORDER BY "track"."track_id") ' +
        'SELECT 0, "c1", "c2", "c3", NULL::varchar, NULL::int4 FROM "level0" UNION ALL ' +
        'SELECT 1, "c1", "c4", NULL::bpchar, "c2", "c3" FROM "level1" UNION ALL ' +
        'SELECT 2, "c2", NULL::text, NULL::bpchar, "c1", NULL::int4 FROM "level2"',
      params: [],
    },
  ]);
  const flat = (artists as unknown as Record<string, never>[]).flatMap(artist =>
    (artist["album"] as unknown as Record<string, never>[]).flatMap(album =>
      (album["track"] as unknown as { name: string }[]).map(track => [
        artist["artist_id"],
        album["album_id"],
        Object.values(track),
      ]),
    ),
  );
  const expected = await plain(
    store.sql,
    "select artist_id, album_id, track.name from artist join album using (artist_id) join track using (album_id) order by artist_id, album_id, track_id",
  );
  expect(flat).toEqual(expected.map(([artist, album, name]) => [artist, album, [name]]) as never);
  expect(artists).toHaveLength(Number((await plain(store.sql, "select count(*) from artist"))[0]![0]));
});

test("include follows a many-to-many relation and returns the rows of the junction table", async () => {
  const list = await get(store.sql, store.schema, "playlist", 1, {
    include: {
      track: { select: ["track_id"], orderBy: "track_id", include: { genre: { select: ["name"] } } },
      playlist_track: { count: true },
    },
  });
  const expected = await plain(
    store.sql,
    "select track_id, genre.name from playlist_track join track using (track_id) left join genre using (genre_id) where playlist_id = 1 order by 1",
  );
  expect(list?.["track"]).toEqual(
    expected.map(([track_id, name]) => ({ track_id, genre: name === null ? null : { name } })) as never,
  );
  expect(list?.["playlist_track"]).toBe(expected.length);
});

test("limit, offset and order apply to each row's related rows", async () => {
  const { sent, onStatement } = recorder();
  const rows = await rowsWhere(store.sql, store.schema, "album", {
    select: ["album_id"],
    where: { album_id: 1 },
    include: { track: { select: ["name"], orderBy: "name", limit: 2, offset: 1 } },
    onStatement,
  });
  expect(sent).toEqual([
    {
      text:
        'WITH "level0" ("c1", "number") AS (SELECT *, (row_number() OVER ())::int4 FROM ' +
        '(SELECT "album_id" FROM "public"."album" WHERE "album_id" = $1::text::int4) AS "rows"), ' +
        '"level1" ("c1", "parent") AS (SELECT "found".* FROM "level0" CROSS JOIN LATERAL (SELECT "track"."name", "level0"."number" ' +
        'FROM "public"."track" WHERE "track"."album_id" = "level0"."c1" ORDER BY "track"."name" ' +
        'LIMIT $2::text::int8 OFFSET $3::text::int8) AS "found") ' +
        'SELECT 0, "c1", "number", NULL::varchar FROM "level0" UNION ALL SELECT 1, "parent", NULL::int4, "c1" FROM "level1"',
      params: ["1", "2", "1"],
    },
  ]);
  const names = await plain(
    store.sql,
    "select name from track where album_id = 1 order by name limit 2 offset 1",
  );
  expect(rows).toEqual([{ album_id: 1, track: names.map(([name]) => ({ name })) }] as never);
});

test("nested values are decoded like top-level values, also with composite keys", async () => {
  const owners = await rowsWhere(database.sql, schema, "owner", {
    orderBy: ["b", "a"],
    include: { thing: { orderBy: "id" } },
  });
  const things = await rowsWhere(database.sql, schema, "thing", { orderBy: "id" });
  expect(owners).toEqual([
    { a: 1, b: "x", name: "one", thing: [things[0], things[3]] },
    { a: 2, b: "x", name: "two", thing: [things[2]] },
    { a: 1, b: "y", name: "three", thing: [] },
  ] as never);
  expect(things[3]?.["id"]).toBe("9007199254740993");
  const back = await rowsWhere(database.sql, schema, "thing", {
    select: ["id"],
    orderBy: "id",
    include: { owner: { select: ["name"] } },
  });
  expect(back.map(row => row["owner"])).toEqual([
    { name: "one" },
    null,
    { name: "two" },
    { name: "one" },
  ] as never);
});

test("a scope applies at every level and to the junction table", async () => {
  const mine = scope(schema, { node: { tenant: 1 }, edge: { tenant: 1 } });
  await database.sql.unsafe("update edge set tenant = 2 where to_id = 4 and from_id = 2");
  const include = {
    children: {
      table: "node",
      many: true,
      select: ["id"],
      include: { inner: { table: "node", many: true, select: ["id"] } },
    },
    number: { table: "node", many: true, count: true },
    reached: { table: "node", through: "edge", by: "edge_from_id_fkey", select: ["id"] },
  } as const;
  expect(await rowsWhere(database.sql, mine, "node", { select: ["id"], orderBy: "id", include })).toEqual([
    { id: 1, children: [{ id: 2, inner: [{ id: 4 }] }], number: 1, reached: [{ id: 4 }] },
    { id: 2, children: [{ id: 4, inner: [] }], number: 1, reached: [] },
    { id: 4, children: [], number: 0, reached: [] },
  ] as never);
  await database.sql.unsafe("update edge set tenant = 1");
});

test("PostgreSQL decides which rows are related, because equal keys may differ as text", async () => {
  const rows = await rowsWhere(database.sql, schema, "country", {
    orderBy: "code",
    include: { town: { select: ["id"] } },
  });
  expect(rows.map(row => row["town"])).toEqual([[{ id: 2 }], [{ id: 1 }]] as never);
  const back = await rowsWhere(database.sql, schema, "town", {
    orderBy: "id",
    include: { of: { table: "country", many: false } },
  });
  expect(back.map(row => row["of"])).toEqual([{ code: "fr" }, { code: "de" }] as never);
});
