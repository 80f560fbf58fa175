import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  and,
  count,
  every,
  get,
  getMany,
  gt,
  insert,
  like,
  loadSchema,
  none,
  not,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  selectOne,
  some,
  transaction,
  UnknownNameError,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  store = await musicStore();
  database = await testDatabase({
    template: `
      create type mood as enum ('sad', 'glad');
      create table owner (a int, b text, name text, primary key (b, a));
      create table thing (id bigint primary key, owner_a int, owner_b text, price numeric(20, 5), at timestamptz, data bytea, mood mood,
        tags text[], span int4range, doc jsonb, foreign key (owner_a, owner_b) references owner (a, b));
      insert into owner values (1, 'x', 'one'), (2, 'x', 'two'), (1, 'y', 'three');
      insert into thing values
        (9007199254740993, 1, 'x', 1.10000, '2024-01-01T12:00:00.5Z', '\\x00ff', 'glad', '{a,NULL}', '[1,5)', '{"k": [1.5, null]}'),
        (2, 1, 'x', -0.00001, '-infinity', null, 'sad', '{}', 'empty', 'null'),
        (3, null, 'x', null, null, null, null, null, null, null),
        (4, 2, 'x', 7, null, null, null, null, null, null);
      create table place (id int primary key, name text);
      create table trip (id int primary key, start_id int constraint trip_start references place, goal_id int constraint trip_goal references place);
      insert into place values (1, 'A'), (2, 'B'), (3, 'C');
      insert into trip values (10, 1, 2), (11, 2, 3), (12, 1, null);
      create table node (id int primary key, parent_id int references node, tenant int not null default 1, name text);
      insert into node values (1, null, 1, 'root'), (2, 1, 1, 'left'), (3, 1, 2, 'theirs'), (4, 2, 1, 'leaf');
      create table edge (from_id int references node, to_id int references node, tenant int not null default 1, primary key (from_id, to_id));
      insert into edge values (1, 4), (2, 4), (1, 3);
      create extension if not exists citext;
      create table country (code citext primary key); create table town (id int primary key, country citext references country);
      insert into country values ('fr'), ('de'); insert into town values (1, 'FR'), (2, 'De');
      create table "keys" (id int primary key, n int, "between" text); create table "between" (k int references "keys", id int primary key);
      insert into "keys" values (1, 5, 'b'); insert into "between" values (1, 7), (1, 8);
      create view tall as select id, name from node;`,
  });
  schema = await loadSchema(database.sql);
});
afterAll(async () => {
  await store.database.drop();
  await database.drop();
});

const plain = async (sql: Bun.SQL, text: string): Promise<unknown[][]> => [
  ...(await sql.unsafe(text).values()),
];
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it was accepted"),
    error => error,
  );

test("three levels: one statement each, exactly the rows that plain SQL finds", async () => {
  const { sent, onStatement } = recorder();
  const artists = await rowsWhere(store.sql, store.schema, "artist", {
    orderBy: "artist_id",
    include: {
      album: { orderBy: "album_id", include: { track: { select: ["name"], orderBy: "track_id" } } },
    },
    onStatement,
  });
  expect(sent.map(({ text }) => text.replace(/SELECT .* FROM/, "SELECT ... FROM"))).toEqual([
    'SELECT ... FROM "public"."artist" ORDER BY "artist"."artist_id"',
    'SELECT ... FROM "public"."album" WHERE "album"."artist_id" = ANY ($1::int4[]) ORDER BY "album"."album_id"',
    'SELECT ... FROM "public"."track" WHERE "track"."album_id" = ANY ($1::int4[]) ORDER BY "track"."track_id"',
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

test("many to many through the table between, and its rows", async () => {
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

test("limit, offset and order are for each row", async () => {
  const { sent, onStatement } = recorder();
  const rows = await rowsWhere(store.sql, store.schema, "album", {
    select: ["album_id"],
    where: { album_id: 1 },
    include: { track: { select: ["name"], orderBy: "name", limit: 2, offset: 1 } },
    onStatement,
  });
  expect(sent[1]).toEqual({
    text:
      'SELECT "found".* FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") CROSS JOIN LATERAL (SELECT "track"."name", ' +
      '"keys"."n"::int4 AS "n" FROM "public"."track" WHERE "track"."album_id" = "keys"."k1"::int4 ORDER BY "track"."name" ' +
      'LIMIT $2::text::int8 OFFSET $3::text::int8) AS "found"',
    params: ["{1}", "2", "1"],
  });
  const names = await plain(
    store.sql,
    "select name from track where album_id = 1 order by name limit 2 offset 1",
  );
  expect(rows).toEqual([{ album_id: 1, track: names.map(([name]) => ({ name })) }] as never);
});

test("nested values are those of the top level, for composite keys too", async () => {
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

test("several foreign keys: the choices are listed, and naming one chooses", async () => {
  const ambiguous = await failure(rowsWhere(database.sql, schema, "trip", { include: { place: true } }));
  expect(ambiguous).toEqual(
    new ArgumentError(
      'trip and place are related in several ways; choose one of by: "trip_goal", many: false (the row that goal_id refers to); ' +
        'by: "trip_start", many: false (the row that start_id refers to)',
    ),
  );
  const include = {
    start: { table: "place", by: "trip_start", select: ["name"] },
    goal: { table: "place", by: "trip_goal", select: ["name"] },
  } as const;
  expect(await rowsWhere(database.sql, schema, "trip", { select: ["id"], orderBy: "id", include })).toEqual([
    { id: 10, start: { name: "A" }, goal: { name: "B" } },
    { id: 11, start: { name: "B" }, goal: { name: "C" } },
    { id: 12, start: { name: "A" }, goal: null },
  ] as never);
});

test("a table related to itself, in both directions and through another", async () => {
  const include = {
    parent: { table: "node", many: false, select: ["name"] },
    children: { table: "node", many: true, select: ["name"], orderBy: "id" },
    reached: { table: "node", through: "edge", by: "edge_from_id_fkey", select: ["name"], orderBy: "id" },
  } as const;
  expect(
    await rowsWhere(database.sql, schema, "node", { select: ["name"], orderBy: "id", limit: 2, include }),
  ).toEqual([
    {
      name: "root",
      parent: null,
      children: [{ name: "left" }, { name: "theirs" }],
      reached: [{ name: "theirs" }, { name: "leaf" }],
    },
    { name: "left", parent: { name: "root" }, children: [{ name: "leaf" }], reached: [{ name: "leaf" }] },
  ] as never);
});

test("a scope holds at every level and for the table between", async () => {
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

test("PostgreSQL tells which rows belong together, where equal keys may differ as texts", async () => {
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

test("tables and columns may have the names that the statement uses itself", async () => {
  const rows = await rowsWhere(database.sql, schema, "between", {
    orderBy: "id",
    limit: 1,
    include: { keys: true },
  });
  expect(rows).toEqual([{ k: 1, id: 7, keys: { id: 1, n: 5, between: "b" } }] as never);
  expect(
    await get(database.sql, schema, "keys", 1, {
      include: { rows: { table: "between", limit: 1, select: ["id"] } },
    }),
  ).toEqual({
    id: 1,
    n: 5,
    between: "b",
    rows: [{ id: 7 }],
  } as never);
});

test("a view is related by columns that are named", async () => {
  const rows = await rowsWhere(database.sql, schema, "tall", {
    orderBy: "id",
    limit: 2,
    include: {
      node: { on: { id: "parent_id" }, select: ["id"], orderBy: "id" },
      self: { table: "node", on: { id: "id" }, many: false, select: ["name"] },
    },
  });
  expect(rows).toEqual([
    { id: 1, name: "root", node: [{ id: 2 }, { id: 3 }], self: { name: "root" } },
    { id: 2, name: "left", node: [{ id: 4 }], self: { name: "left" } },
  ] as never);
  expect((await failure(rowsWhere(database.sql, schema, "tall", { include: { node: true } }))).message).toBe(
    'no foreign key relates tall and node; state the columns with on: { column: "column" }',
  );
});

test("mistakes are refused before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const cases: readonly [string, unknown, string][] = [
    ["artist", { albm: true }, 'artist has no relation "albm"; did you mean "album"?'],
    [
      "artist",
      { genre: true },
      'no foreign key relates artist and genre; state the columns with on: { column: "column" }',
    ],
    [
      "artist",
      { name: true },
      'artist: include "name": a column has that name; choose a different one with `table`',
    ],
    ["artist", { album: { selct: [] } }, 'artist: include "album": option "selct" does not exist'],
    ["artist", { album: { select: ["titel"] } }, 'album has no column "titel"; did you mean "title"?'],
    [
      "artist",
      { album: { include: { tracks: true } } },
      'album has no relation "tracks"; did you mean "track"?',
    ],
    [
      "artist",
      { album: { count: true, limit: 1 } },
      'artist: include "album": count: true cannot be combined with select, orderBy, limit, offset or include',
    ],
    [
      "album",
      { artist: { limit: 1 } },
      'album: include "artist" is one row; remove orderBy, limit and offset',
    ],
    ["artist", { album: "all" }, 'artist: include "album" must be true or options, received "all"'],
    [
      "artist",
      ["album"],
      "artist: include must be an object of relation → true or options, received an array of 1",
    ],
    [
      "artist",
      { album: { by: "nope" } },
      'no foreign key relates artist and album in this way; state the columns with on: { column: "column" }',
    ],
  ];
  for (const [table, include, message] of cases)
    expect([
      include,
      (await failure(rowsWhere(store.sql, store.schema, table, { include: include as never, onStatement })))
        .message,
    ]).toEqual([include, message]);
  expect(sent).toEqual([]);
  expect(
    await failure(rowsWhere(store.sql, store.schema, "artist", { include: { albm: true } })),
  ).toBeInstanceOf(UnknownNameError);
});

test("all of it is one view of the data, also while rows are written", async () => {
  let isWriting = true;
  const writer = (async () => {
    for (let id = 100; isWriting && id < 5000; id++)
      await database.sql.begin(async tx => {
        await tx`insert into place values (${id}, 'new')`;
        await tx`insert into trip values (${id}, ${id}, ${id})`;
      });
  })();
  const other = database.connect();
  for (let round = 0; round < 50; round++) {
    const places = await rowsWhere(other, schema, "place", {
      where: { name: "new" },
      include: { starts: { table: "trip", by: "trip_start" } },
    });
    expect(places.filter(place => (place["starts"] as unknown[]).length !== 1)).toEqual([]);
    const trips = await rowsWhere(other, schema, "trip", {
      include: { start: { table: "place", by: "trip_start" } },
    });
    expect(trips.filter(trip => trip["start"] === null)).toEqual([]);
  }
  isWriting = false;
  await writer;
  await database.sql.unsafe("delete from trip where id >= 100; delete from place where id >= 100");
});

test("in a transaction it sees what the transaction wrote; getMany and selectOne include too", async () => {
  await transaction(database.sql, async tx => {
    await insert(tx, schema, "node", { id: 50, parent_id: 4, name: "new" });
    const include = { children: { table: "node", many: true, select: ["name"] } } as const;
    expect(await getMany(tx, schema, "node", [4, 999, 50], { select: ["name"], include })).toEqual([
      { name: "leaf", children: [{ name: "new" }] },
      undefined,
      { name: "new", children: [] },
    ] as never);
    expect(await selectOne(tx, schema, "node", { where: { id: 50 }, select: ["id"], include })).toEqual({
      id: 50,
      children: [],
    } as never);
    await tx`delete from node where id = 50`;
  });
});

test("filters through relations become EXISTS", async () => {
  const { sent, onStatement } = recorder();
  const names = async (where: never): Promise<unknown[]> =>
    (
      await rowsWhere(database.sql, schema, "node", { where, select: ["id"], orderBy: "id", onStatement })
    ).map(({ id }) => id);
  const children = { many: true } as const;
  expect(await names(some("node", { name: "leaf" }, children) as never)).toEqual([2]);
  expect(sent[0]).toEqual({
    text:
      'SELECT "id" FROM "public"."node" WHERE EXISTS (SELECT FROM "public"."node" AS "node_2" WHERE "node_2"."parent_id" = "node"."id" ' +
      'AND "node_2"."name" = $1::text) ORDER BY "node"."id"',
    params: ["leaf"],
  });
  expect(await names(none("node", undefined, children) as never)).toEqual([3, 4]);
  expect(await names(every("node", { name: like("l%") }, children) as never)).toEqual([2, 3, 4]);
  expect(await names(and(not(some("node", {}, { many: false })), { tenant: 1 }) as never)).toEqual([1]);
  expect(await names(some("node", some("node", { id: 4 }, children) as never, children) as never)).toEqual([
    1,
  ]);
  expect(await names(some("node", { id: 3 }, { through: "edge", by: "edge_from_id_fkey" }) as never)).toEqual(
    [1],
  );
  const mine = scope(schema, { node: { tenant: 1 } });
  expect(await count(database.sql, mine, "node", { where: some("node", { id: 3 }, children) })).toBe(0);
});

test("filters through relations on the music store agree with plain SQL", async () => {
  const where = some("album", some("track", { genre_id: 1 }));
  const [[expected]] = (await plain(
    store.sql,
    "select count(*)::int from artist where exists (select from album join track using (album_id) where album.artist_id = artist.artist_id and genre_id = 1)",
  )) as [[number]];
  expect(await count(store.sql, store.schema, "artist", { where })).toBe(expected);
  const [[lists]] = (await plain(
    store.sql,
    "select count(*)::int from playlist p where not exists (select from playlist_track join track using (track_id) where playlist_id = p.playlist_id and not milliseconds > 200000)",
  )) as [[number]];
  expect(
    await count(store.sql, store.schema, "playlist", {
      where: every("track", { milliseconds: gt(200_000) }),
    }),
  ).toBe(lists);
});
