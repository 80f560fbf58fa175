// `groupBy`, `count` and `exists`.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { count, desc, exists, groupBy, gt, loadSchema } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;

beforeAll(async () => {
  store = await musicStore();
});

afterAll(() => store.database.drop());

const others: TestDatabase[] = [];

afterAll(() => Promise.all(others.map(({ drop }) => drop())));

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

test("groupBy returns groups with aggregates of exact types", async () => {
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
      "LIMIT 2",
  );
  const plain = await sql`select genre_id, count(*)::int, count(distinct composer)::int, sum(bytes)::text,
    avg(unit_price)::text, max(milliseconds) from track where milliseconds > 200000 group by genre_id
    order by 2 desc, 1 limit 2`.values();
  expect(groups.map(group => Object.values(group))).toEqual([...plain]);
});

test("groupBy without aggregates counts, and without columns returns one group", async () => {
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

test("an aggregate that the column's type does not support is rejected", async () => {
  const { sql, schema } = store;
  await expect(groupBy(sql, schema, "track", [], { aggregates: { x: { sum: "name" } } })).rejects.toThrow(
    "track.name: sum requires a column of numbers, money or intervals; this column has type character varying(200)",
  );
  await expect(
    groupBy(sql, schema, "track", [], { aggregates: { x: { median: "name" } as never } }),
  ).rejects.toThrow('track: aggregate x must be "count" or one of');
});

test("without columns and aggregates all rows are one group", async () => {
  const { sent, onStatement } = recorder();
  const options = { aggregates: {}, where: { genre_id: 1 }, onStatement };
  expect(await groupBy(store.sql, store.schema, "genre", [], options)).toEqual([{}]);
  expect(sent.map(({ text }) => text)).toEqual([
    'SELECT  FROM "public"."genre" WHERE "genre_id" = $1::text::int4 GROUP BY ()',
  ]);
});

test("groups are sorted by an aggregate of a type that is read as text in the order of the type", async () => {
  const other = await testDatabase({
    template: `create table visit (id int primary key, person int, on_day date);
      insert into visit values (1, 1, '9999-01-01'), (2, 2, '10000-01-01'), (3, 3, '0044-01-01 BC'), (4, 4, 'infinity'),
        (5, 5, '-infinity'), (6, 6, '2020-01-01'), (7, 6, '2021-01-01')`,
  });
  others.push(other);
  const options = {
    aggregates: { last: { max: "on_day", filter: { id: gt(1) } } },
    orderBy: desc("last", { nulls: "last" }),
  } as const;
  const { sent, onStatement } = recorder();
  const schema = await loadSchema(other.sql);
  const rows = await groupBy(other.sql, schema, "visit", "person", { ...options, onStatement });
  expect(rows.map(({ person }) => person)).toEqual([4, 2, 6, 3, 5, 1]);
  expect(sent[0]!.text).toBe(
    'SELECT "visit"."person", max("on_day") FILTER (WHERE "id" > $1::text::int4)::text AS "last" FROM "public"."visit" ' +
      'GROUP BY "visit"."person" ORDER BY max("on_day") FILTER (WHERE "id" > $1::text::int4) DESC NULLS LAST',
  );
});

test("a column that is given twice is named", async () => {
  const { message } = await failure(groupBy(store.sql, store.schema, "track", ["genre_id", "genre_id"]));
  expect(message).toBe("track: groupBy by genre_id twice; remove one of them");
});
