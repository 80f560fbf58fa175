import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  alias,
  col,
  count,
  desc,
  expr,
  get,
  getMany,
  getOrThrow,
  groupBy,
  item,
  page,
  pksAndRowsWhere,
  rowsAndCount,
  rowsWhere,
  run,
  selectOne,
  streamRows,
} from "../../src/index.ts";
import { groupBySql, pageSql, rowsWhereSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
beforeAll(async () => {
  store = await musicStore();
});
afterAll(() => store.database.drop());

const plain = async (text: string): Promise<unknown[]> => [...(await store.sql.unsafe(text))];
const minutes = alias("minutes", expr`seconds / ${60}`);

test("a computed column is returned with the selected columns, with its own parameters", async () => {
  const options = {
    select: ["name", minutes],
    where: { album_id: 1 },
    orderBy: "track_id",
    limit: 3,
  } as const;
  expect(rowsWhereSql<Record<string, unknown>>(store.schema, "track", options)).toMatchObject({
    text: 'SELECT "name", (seconds / $2) AS "minutes" FROM "public"."track" WHERE "album_id" = $1::text::int4 ORDER BY "track"."track_id" LIMIT 3',
    params: ["1", "60"],
  });
  expect(await rowsWhere(store.sql, store.schema, "track", options)).toEqual(
    (await plain(
      "select name, seconds / 60 as minutes from track where album_id = 1 order by track_id limit 3",
    )) as never,
  );
});

test("rows can be ordered by the name of a computed column", async () => {
  const options = { select: ["name", minutes], orderBy: [desc("minutes"), "track_id"], limit: 3 } as const;
  expect(rowsWhereSql<Record<string, unknown>>(store.schema, "track", options).text).toBe(
    'SELECT "name", (seconds / $1) AS "minutes" FROM "public"."track" ORDER BY "minutes" DESC, "track"."track_id" LIMIT 3',
  );
  const rows = await plain(
    "select name, seconds / 60 as minutes from track order by minutes desc, track_id limit 3",
  );
  expect(await rowsWhere(store.sql, store.schema, "track", options)).toEqual(rows as never);
  const streamed: unknown[] = [];
  for await (const row of streamRows(store.sql, store.schema, "track", options)) streamed.push(row);
  expect(streamed).toEqual(rows);
  expect((await rowsAndCount(store.sql, store.schema, "track", options)).rows).toEqual(rows as never);
  const byName = alias("album_id", expr`-album_id`);
  const own = { select: ["name", byName], orderBy: "album_id" } as const;
  const ambiguous =
    'track: orderBy "album_id" is a column of the table and a computed column of select; choose a different alias';
  for (const orderBy of ["album_id", desc("album_id"), ["name", "album_id"]])
    expect(() => rowsWhereSql(store.schema, "track", { ...own, orderBy } as never)).toThrow(ambiguous);
  expect(() => pageSql(store.schema, "track", { ...own, limit: 1 } as never)).toThrow(ambiguous);
  expect(() =>
    rowsWhereSql<Record<string, unknown>>(store.schema, "track", { select: ["name"], orderBy: "minutes" }),
  ).toThrow('track has no column "minutes"');
});

test("selectOne and include accept computed columns", async () => {
  const upper = alias("upper", expr`upper(${col("artist", "name")})`);
  const found = await selectOne(store.sql, store.schema, "artist", {
    where: { artist_id: 1 },
    select: ["artist_id", upper, alias("two", expr`2`)],
    include: { album: { select: ["album_id"], orderBy: "album_id", limit: 1 } },
  });
  expect([found]).toEqual(
    (await plain(
      "select artist_id, upper(name) as upper, 2 as two, (select json_agg(json_build_object('album_id', album_id)) from (select album_id from album where artist_id = 1 order by 1 limit 1) as shown) as album from artist where artist_id = 1",
    )) as never,
  );
});

test("a select list may consist of computed columns only", async () => {
  const [row] = await rowsWhere(store.sql, store.schema, "artist", {
    select: [alias("n", expr`count(*) over ()`)],
    limit: 1,
  });
  expect(row).toEqual({ n: String(await count(store.sql, store.schema, "artist")) } as never);
});

test("get, streamRows, rowsAndCount and pksAndRowsWhere read computed columns", async () => {
  const { sql, schema } = store;
  const [wanted] = (await plain("select name, seconds / 60 as minutes from track where track_id = 5")) as [
    { name: string; minutes: number },
  ];
  const select = ["name", minutes] as const;
  expect(
    await get(sql, schema, "track", 5, { select, include: { album: { select: ["title"] } } }),
  ).toMatchObject(wanted);
  expect(await getOrThrow(sql, schema, "track", 5, { select, lock: "share" })).toEqual(wanted);
  const options = { select, where: { track_id: 5 } } as const;
  expect(await Array.fromAsync(streamRows(sql, schema, "track", options))).toEqual([wanted]);
  expect(await rowsAndCount(sql, schema, "track", options)).toEqual({ rows: [wanted], count: 1 });
  expect(await pksAndRowsWhere(sql, schema, "track", options)).toEqual([[5, wanted]]);
});

test("page reads computed columns, and its tokens do not depend on their parameters", async () => {
  const { sql, schema } = store;
  const options = { where: { album_id: 1 }, orderBy: desc("unit_price"), limit: 2 } as const;
  const first = await page(sql, schema, "track", { ...options, select: ["track_id", minutes] });
  const second = await page(sql, schema, "track", {
    ...options,
    select: [alias("thirds", expr`seconds / ${20}`)],
    after: first.next,
  });
  const rows = (await plain(
    "select track_id, seconds / 60 as minutes, seconds / 20 as thirds from track where album_id = 1 order by unit_price desc, track_id desc limit 4",
  )) as { track_id: number; minutes: number; thirds: number }[];
  expect(first.rows).toEqual(rows.slice(0, 2).map(({ thirds: _, ...row }) => row));
  expect(second.rows).toEqual(rows.slice(2).map(({ thirds }) => ({ thirds })));
  const hostile = await page(sql, schema, "track", {
    ...options,
    select: ["track_id", alias("position1", expr`seconds / ${60}`), alias("position2", expr`1`)],
  });
  expect(hostile.next).toBe(first.next);
  expect(hostile.rows[0]).toEqual({ track_id: rows[0]!.track_id, position1: rows[0]!.minutes, position2: 1 });
  const plainFirst = await page(sql, schema, "track", options);
  expect(plainFirst.next).toBe(first.next);
  expect(
    pageSql(schema, "track", { select: ["name", minutes], where: { album_id: 1 } as never, limit: 1 }),
  ).toMatchObject({
    text: 'SELECT "track"."name", (seconds / $2) AS "minutes", "track"."track_id"::text AS "position1" FROM "public"."track" WHERE "track"."album_id" = $1::text::int4 ORDER BY "track"."track_id" LIMIT 2',
    params: ["1", "60"],
  });
});

// Each function that reads computed columns must return what `q` returns for the type.
const VALUES = [
  "date '2026-01-31'",
  "date 'infinity'",
  "timestamptz 'infinity'",
  "array[date '2026-01-31', null]",
  "int4range(1, 5)",
  "point(1, 2)",
  "1.1::float4",
  "'{1,2}'::int4[]",
  "bytea '\\x01'",
  "12.5::money",
  `'{"a": 1}'::jsonb`,
  "'free'::customer_tier",
] as const;

test.each(VALUES)("every function returns the computed value %s as q does", async text => {
  const { sql, schema } = store;
  const value = await item(sql, schema, expr(`select ${text}`, []));
  const select = [alias("value", expr(text, []))];
  const rowSelect = ["artist_id", ...select] as const;
  const where = { artist_id: 1 };
  const found = [
    await rowsWhere(sql, schema, "artist", { where, select }),
    await rowsWhere(sql, schema, "artist", { where, select, include: { album: true } }),
    [await get(sql, schema, "artist", 1, { select })],
    (await page(sql, schema, "artist", { where, select: rowSelect, limit: 1 })).rows,
    (await rowsAndCount(sql, schema, "artist", { where, select })).rows,
    await Array.fromAsync(streamRows(sql, schema, "artist", { where, select })),
    await run(sql, rowsWhereSql(schema, "artist", { where, select } as never)),
  ] as readonly (readonly { readonly value: unknown }[])[];
  for (const [row] of found) expect(row?.value).toStrictEqual(value);
});

test("computed JSON with numbers that the driver may have rounded is rejected", async () => {
  const select = [alias("big", expr`'{"n": 12345678901234567890}'::jsonb`)];
  const { sql, schema } = store;
  await expect(rowsWhere(sql, schema, "artist", { select, limit: 1 })).rejects.toThrow(
    "artist: alias big, rows[0]: a raw query returned json with a number that the driver may have rounded; cast the column to text in the query",
  );
  const days = await groupBy(sql, schema, "customer", alias("day", expr`date '2026-01-31'`), {});
  expect(days[0]).toMatchObject({ day: "2026-01-31" });
});

test("groups can have computed columns and be ordered by them", async () => {
  const { sql, schema } = store;
  const by = [minutes, "genre_id"] as const;
  expect(groupBySql(schema, "track", by, { orderBy: desc("minutes") }).text).toBe(
    'SELECT (seconds / $1) AS "minutes", "track"."genre_id", count(*) AS "count" FROM "public"."track" GROUP BY 1, "track"."genre_id" ORDER BY "minutes" DESC',
  );
  expect(await groupBy(sql, schema, "track", by, { orderBy: [desc("minutes"), "genre_id"] })).toEqual(
    (await plain(
      "select seconds / 60 as minutes, genre_id, count(*)::int as count from track group by 1, 2 order by 1 desc, 2",
    )) as never,
  );
  expect(await groupBy(sql, schema, "track", minutes, { limit: 1, orderBy: "minutes" })).toEqual(
    (await plain(
      "select seconds / 60 as minutes, count(*)::int as count from track group by 1 order by 1 limit 1",
    )) as never,
  );
});

test("invalid computed columns are rejected before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const rejected: [readonly unknown[], string][] = [
    [["name", alias("name", expr`1`)], "track: two result columns are named name; choose a different alias"],
    [[alias("n", expr`1`), alias("n", expr`2`)], "track: two result columns are named n"],
    [[alias("n", expr`${col("track", "nam")}`)], 'track has no column "nam"'],
    [["name", undefined], "track: select must contain column names, received undefined"],
    [[{ name: "n" }], "track: select must contain column names, received an object"],
    [[expr`1`], 'raw SQL in select requires a name; write alias("name", expr`...`)'],
  ];
  for (const [select, message] of rejected)
    await expect(
      rowsWhere(store.sql, store.schema, "track", { select: select as never, onStatement }),
    ).rejects.toThrow(message);
  await expect(
    getMany(store.sql, store.schema, "track", [1], { select: [minutes] as never, onStatement }),
  ).rejects.toThrow(
    "track: select must contain column names, received a computed column, which rowsWhere, get and page can read",
  );
  await expect(
    page(store.sql, store.schema, "track", {
      select: ["name", alias("name", expr`1`)],
      limit: 1,
      onStatement,
    }),
  ).rejects.toThrow("track: two result columns are named name; choose a different alias");
  await expect(
    groupBy(store.sql, store.schema, "track", [minutes], { having: { minutes: 1 } as never, onStatement }),
  ).rejects.toThrow('track has no column "minutes"');
  expect(() => alias("", expr`1`)).toThrow('alias requires a name, received ""');
  expect(() => groupBySql(store.schema, "track", ["genre_id", alias("genre_id", expr`1`)])).toThrow(
    "track: two result columns are named genre_id; choose a different alias",
  );
  expect(() => alias("é".repeat(32), expr`1`)).toThrow("has 64 bytes; PostgreSQL stores at most 63 bytes");
  expect(() => groupBySql(store.schema, "track", [], { aggregates: { ["é".repeat(32)]: "count" } })).toThrow(
    "has 64 bytes; PostgreSQL stores at most 63 bytes",
  );
  expect(() => alias("n", "1" as never)).toThrow('alias "n" requires expr, received "1"');
  expect(sent).toEqual([]);
});

test("a computed column with the name of a relation of include is rejected before a statement is sent", async () => {
  const { sent, onStatement } = recorder();
  const { sql, schema } = store;
  const options = {
    select: ["artist_id", alias("album", expr`1`)],
    include: { album: true },
    onStatement,
  } as never;
  const message =
    'artist: include "album": a computed column of select has that name; choose a different alias';
  expect(await failure(rowsWhere(sql, schema, "artist", options))).toMatchObject({ message });
  expect(await failure(get(sql, schema, "artist", 1, options))).toMatchObject({ message });
  const paged = { ...(options as object), limit: 1 } as never;
  expect(await failure(page(sql, schema, "artist", paged))).toMatchObject({ message });
  expect(sent).toEqual([]);
});
