import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  asc,
  col,
  count,
  desc,
  exists,
  expr,
  get,
  getMany,
  getOrThrow,
  groupBy,
  gt,
  item,
  loadSchema,
  NotFoundError,
  NotUniqueError,
  pksAndRowsWhere,
  QueryError,
  q,
  qOne,
  rowsWhere,
  type SchemaSnapshot,
  selectOne,
  table,
  UnknownNameError,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const others: TestDatabase[] = [];
afterAll(() => Promise.all(others.map(({ drop }) => drop())));
async function database(template: string): Promise<TestDatabase & { readonly schema: SchemaSnapshot }> {
  const made = await testDatabase({ template });
  others.push(made);
  return { ...made, schema: await loadSchema(made.sql) };
}

test("rowsWhere sends one statement with filter, columns, order, limit and offset", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const rows = await rowsWhere(sql, schema, "track", {
    where: { genre_id: 1, milliseconds: gt(100_000) },
    select: ["track_id", "unit_price"],
    orderBy: ["album_id", desc("milliseconds", { nulls: "last" }), asc("track_id", { nulls: "first" })],
    limit: 3,
    offset: 1,
    onStatement,
  });
  expect(sent).toEqual([
    {
      text:
        'SELECT "track_id", "unit_price" FROM "public"."track" WHERE "genre_id" = $1::text::int4 AND ' +
        '"milliseconds" > $2::text::int4 ORDER BY "track"."album_id", "track"."milliseconds" DESC NULLS LAST, ' +
        '"track"."track_id" NULLS FIRST LIMIT $3::text::int8 OFFSET $4::text::int8',
      params: ["1", "100000", "3", "1"],
    },
  ]);
  const plain =
    await sql`select track_id, unit_price::text from track where genre_id = 1 and milliseconds > 100000
    order by album_id, milliseconds desc, track_id limit 3 offset 1`.values();
  expect(rows.map(row => Object.values(row))).toEqual([...plain]);
  expect(rows).toHaveLength(3);
});

test("columns that are read by a cast are cast after the sort and the limit, in the sort's order", async () => {
  const { sql, schema } =
    await database(`create table t (id int primary key, kind int, doc jsonb, cash money);
    insert into t select i, i % 7, jsonb_build_object('n', i), i from generate_series(1, 5000) i; analyze t`);
  const { sent, onStatement } = recorder();
  const options = { where: { kind: 3 }, orderBy: ["doc", "id"], limit: 40, offset: 2, onStatement } as const;
  const rows = await rowsWhere(sql, schema, "t", options);
  await rowsWhere(sql, schema, "t", { ...options, select: ["id"] });
  await rowsWhere(sql, schema, "t", { ...options, orderBy: "id", lock: "share" });
  expect(sent.map(({ text }) => text)).toEqual([
    'SELECT "id", "kind", "doc"::text, "cash"::numeric FROM (SELECT "id", "kind", "doc", "cash" FROM "public"."t" ' +
      'WHERE "kind" = $1::text::int4 ORDER BY "t"."doc", "t"."id" LIMIT $2::text::int8 OFFSET $3::text::int8) AS "t"',
    'SELECT "id" FROM "public"."t" WHERE "kind" = $1::text::int4 ORDER BY "t"."doc", "t"."id" LIMIT $2::text::int8 ' +
      "OFFSET $3::text::int8",
    'SELECT "id", "kind", "doc"::text, "cash"::numeric FROM "public"."t" WHERE "kind" = $1::text::int4 ' +
      'ORDER BY "t"."id" LIMIT $2::text::int8 OFFSET $3::text::int8 FOR SHARE',
  ]);
  const plain =
    await sql`select id, doc->>'n' as n from t where kind = 3 order by doc, id limit 40 offset 2`.values();
  expect(rows.map(({ id, doc }) => [id, String((doc as { n: number }).n)])).toEqual([...plain]);
});

test("an order by raw SQL means the same with a limit and without", async () => {
  const { sql, schema } = await database(
    "create table t (id int primary key, doc jsonb); insert into t values (1, '10'), (2, '9'), (3, '8')",
  );
  const ids = async (options: object): Promise<unknown[]> =>
    (await rowsWhere(sql, schema, "t", { orderBy: expr`doc`, ...options })).map(({ id }) => id);
  expect(await ids({ limit: 3 })).toEqual(await ids({}));
});

test("limit: 0 returns no rows", async () => {
  expect(await rowsWhere(store.sql, store.schema, "track", { limit: 0 })).toEqual([]);
});

test("an order by raw SQL has parameters of its own", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const orderBy = [expr`${col("genre", "name")} = ${"Jazz"} desc`, "name"];
  const [first] = await rowsWhere(sql, schema, "genre", { orderBy, limit: 1, onStatement });
  expect(sent[0]?.text).toBe(
    'SELECT "genre_id", "name" FROM "public"."genre" ORDER BY "genre"."name" = $1 desc, "genre"."name" LIMIT $2::text::int8',
  );
  expect(first?.["name"]).toBe("Jazz");
});

test("limit, offset, select and orderBy of the wrong shape are refused before anything is sent", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const refused: [object, string][] = [
    [{ limit: -1 }, "track: limit must be a non-negative integer, received -1"],
    [{ limit: 1.5 }, "track: limit must be a non-negative integer, received 1.5"],
    [{ limit: Number.NaN }, "track: limit must be a non-negative integer, received NaN"],
    [{ limit: "1; drop" }, 'track: limit must be a non-negative integer, received "1; drop"'],
    [{ limit: null }, "track: limit must be a non-negative integer, received null"],
    [{ offset: -1 }, "track: offset must be a non-negative integer, received -1"],
    [{ select: "name" }, 'track: select must be an array of column names, received "name"'],
    [{ select: ["nmae"] }, 'track has no column "nmae"'],
    [{ orderBy: "nmae" }, 'track has no column "nmae"'],
    [{ orderBy: [3] }, "track: orderBy must be column names, asc(...), desc(...) or expr, received 3"],
  ];
  for (const [options, message] of refused)
    await expect(rowsWhere(sql, schema, "track", { ...options, onStatement })).rejects.toThrow(message);
  expect(sent).toEqual([]);
});

test("an unknown table is an error with the nearest names", async () => {
  const wrong = rowsWhere(store.sql, store.schema, "tracks");
  await expect(wrong).rejects.toThrow(UnknownNameError);
  await expect(rowsWhere(store.sql, store.schema, "tracks")).rejects.toThrow(/"tracks".*track/);
});

test("get takes a value, an array in key order or an object in any order", async () => {
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

test("get of a row that is not there is undefined, getOrThrow throws NotFoundError", async () => {
  expect(await get(store.sql, store.schema, "genre", 999)).toBeUndefined();
  await expect(getOrThrow(store.sql, store.schema, "genre", 999)).rejects.toThrow(NotFoundError);
  expect(await getOrThrow(store.sql, store.schema, "genre", 1, { select: ["genre_id"] })).toEqual({
    genre_id: 1,
  });
});

test("a key of the wrong shape is refused with the right one", async () => {
  const { sql, schema } = store;
  const refused: [string, unknown, string][] = [
    [
      "playlist_track",
      1,
      "the key of playlist_track must be [playlist_id, track_id] or { playlist_id, track_id }, received number",
    ],
    ["playlist_track", [1], "received an array of 1"],
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
      "the key of genre must be the value of genre_id, or { genre_id }, received an array of 2",
    ],
    ["genre", null, "genre.genre_id: null"],
    ["genre", undefined, "genre.genre_id: undefined"],
    ["genre", "x", "genre.genre_id: expected an integer"],
    ["album_overview", 1, "album_overview has no primary key; use a filter instead"],
  ];
  for (const [name, key, message] of refused)
    await expect(get(sql, schema, name, key)).rejects.toThrow(message);
});

test("getMany gives the rows in the order of the keys, undefined where there is none, in one statement", async () => {
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

test("selectOne gives the one row, and throws when there is none or more than one", async () => {
  const { sql, schema } = store;
  expect(await selectOne(sql, schema, "genre", { where: { name: "Ambient" }, select: ["genre_id"] })).toEqual(
    {
      genre_id: 1,
    },
  );
  await expect(selectOne(sql, schema, "genre", { where: { name: "x" } })).rejects.toThrow(NotFoundError);
  await expect(selectOne(sql, schema, "genre")).rejects.toThrow(NotUniqueError);
});

test("pksAndRowsWhere gives keys as values or arrays in key order, also when they are not selected", async () => {
  const { sql, schema } = store;
  expect(await pksAndRowsWhere(sql, schema, "genre", { where: { genre_id: 1 }, select: ["name"] })).toEqual([
    [1, { name: "Ambient" }],
  ]);
  const [[key, row] = []] = await pksAndRowsWhere(sql, schema, "playlist_track", {
    limit: 1,
    orderBy: "position",
  });
  expect(key).toEqual([row!["playlist_id"], row!["track_id"]]);
  await expect(pksAndRowsWhere(sql, schema, "album_overview")).rejects.toThrow("no primary key");
});

test("count and exists send one statement each", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  expect(await count(sql, schema, "genre", { where: { name: "Ambient" }, onStatement })).toBe(1);
  expect(await exists(sql, schema, "genre", { where: { name: "x" }, onStatement })).toBe(false);
  expect(sent).toEqual([
    { text: 'SELECT count(*) AS "count" FROM "public"."genre" WHERE "name" = $1::text', params: ["Ambient"] },
    {
      text: 'SELECT EXISTS (SELECT FROM "public"."genre" WHERE "name" = $1::text) AS "exists"',
      params: ["x"],
    },
  ]);
});

test("groupBy gives groups with aggregates of exact types", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const groups = await groupBy(sql, schema, "track", "genre_id", {
    aggregates: {
      tracks: "count",
      composers: { countDistinct: "composer" },
      total: { sum: "bytes" },
      average: { avg: "unit_price" },
      longest: { max: "milliseconds" },
    },
    where: { milliseconds: gt(200_000) },
    orderBy: [desc("tracks"), "genre_id"],
    limit: 2,
    onStatement,
  });
  expect(sent[0]?.text).toBe(
    'SELECT "track"."genre_id", count(*) AS "tracks", count(DISTINCT "composer") AS "composers", sum("bytes") AS "total", ' +
      'avg("unit_price") AS "average", max("milliseconds") AS "longest" FROM "public"."track" ' +
      'WHERE "milliseconds" > $1::text::int4 GROUP BY "track"."genre_id" ORDER BY "tracks" DESC, "track"."genre_id" ' +
      "LIMIT $2::text::int8",
  );
  const plain = await sql`select genre_id, count(*)::int, count(distinct composer)::int, sum(bytes)::text,
    avg(unit_price)::text, max(milliseconds) from track where milliseconds > 200000 group by genre_id
    order by 2 desc, 1 limit 2`.values();
  expect(groups.map(group => Object.values(group))).toEqual([...plain]);
});

test("groupBy without aggregates counts, without columns makes one group", async () => {
  const { sql, schema } = store;
  const [row] = await sql`select count(*)::int from customer`.values();
  expect(await groupBy(sql, schema, "customer", [])).toEqual([{ count: row[0] }]);
  const tiers = await groupBy(sql, schema, "customer", ["tier"], { orderBy: "tier" });
  expect(tiers.map(({ tier }) => tier)).toEqual(["free", "plus", "pro"]);
});

test("the sum of money is the exact decimal, also through a domain", async () => {
  const database = await testDatabase({
    template: `create domain price as money; create table sale (paid money, asked price);
      insert into sale values (0.10, 0.20), (0.20, 0.40)`,
  });
  const { sql } = database;
  const aggregates = { paid: { sum: "paid" }, asked: { sum: "asked" } } as const;
  expect(await groupBy(sql, await loadSchema(sql), "sale", [], { aggregates })).toEqual([
    { paid: "0.30", asked: "0.60" },
  ]);
  await database.drop();
});

test("an aggregate its column does not have is refused", async () => {
  const { sql, schema } = store;
  await expect(groupBy(sql, schema, "track", [], { aggregates: { x: { sum: "name" } } })).rejects.toThrow(
    "track.name: sum requires a column of numbers, money or intervals, this column is character varying(200)",
  );
  await expect(
    groupBy(sql, schema, "track", [], { aggregates: { x: { median: "name" } as never } }),
  ).rejects.toThrow('track: aggregate x must be "count" or one of');
});

test("q reads rows of raw SQL by the types of its columns", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const query = expr`select ${col("customer", "tier")}, count(*) as n, array_agg(country order by customer_id) as countries
    from ${table("customer")} where ${col("customer", "customer_id")} < ${10}::int group by 1 order by 1`;
  const rows = await q(sql, schema, query, { onStatement });
  expect(sent[0]).toEqual({
    text: `select "customer"."tier", count(*) as n, array_agg(country order by customer_id) as countries
    from "public"."customer" where "customer"."customer_id" < $1::text::int group by 1 order by 1`,
    params: ["10"],
  });
  const plain =
    await sql`select tier::text, count(*)::text, array_to_json(array_agg(country order by customer_id))::text
    from customer where customer_id < 10 group by tier order by tier`.values();
  expect(rows).toEqual(
    plain.map(([tier, n, countries]: string[]) => ({ tier, n, countries: JSON.parse(countries!) })),
  );
});

test("qOne gives one row, item one value, both refuse anything else", async () => {
  const { sql, schema } = store;
  expect(await qOne(sql, schema, expr`select 1 as a, '2'::int8 as b`)).toEqual({ a: 1, b: "2" });
  expect(await item(sql, schema, expr`select name from ${table("genre")} where genre_id = ${1}`)).toBe(
    "Ambient",
  );
  await expect(qOne(sql, schema, expr`select from ${table("genre")} where false`)).rejects.toThrow(
    NotFoundError,
  );
  await expect(qOne(sql, schema, expr`select 1 as a from ${table("genre")}`)).rejects.toThrow(NotUniqueError);
  await expect(item(sql, schema, expr`select 1 as a, 2 as b`)).rejects.toThrow("2 columns where exactly one");
  await expect(q(sql, schema, expr`select 1 as a, 2 as a`)).rejects.toThrow(ArgumentError);
});

test("expr takes SQL with numbered parameters as well", async () => {
  const query = expr("select name from genre where genre_id = $2 or name = $1 order by 1", ["Jazz", 1]);
  expect(await q(store.sql, store.schema, query)).toEqual([{ name: "Ambient" }, { name: "Jazz" }]);
});

test("a statement PostgreSQL refuses is a QueryError with SQLSTATE, text and the stack of the call", async () => {
  const { sql, schema } = store;
  const failures = {
    q: async () => await q(sql, schema, expr`select nothing_like_it`),
    rowsWhere: async () => await rowsWhere(sql, schema, "genre", { where: expr`nothing_like_it` }),
    count: async () => await count(sql, schema, "genre", { where: expr`nothing_like_it` }),
  };
  for (const [name, fail] of Object.entries(failures)) {
    const error = await fail().then(
      () => undefined,
      (thrown: unknown) => thrown as QueryError,
    );
    expect(error).toBeInstanceOf(QueryError);
    expect(error?.sqlstate).toBe("42703");
    expect(error?.text).toContain("nothing_like_it");
    expect(error?.message).toStartWith('column "nothing_like_it" does not exist [42703]');
    expect([name, error?.stack]).toEqual([name, expect.stringContaining("reading.test.ts")]);
  }
});

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
