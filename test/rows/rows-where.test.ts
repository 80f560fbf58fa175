import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  asc,
  col,
  desc,
  expr,
  gt,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
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

test("columns that are read through a cast are cast after sorting and limiting, and the order is preserved", async () => {
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

test("an order by raw SQL has the same meaning with and without a limit", async () => {
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

test("an order by raw SQL has its own parameters", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const orderBy = [expr`${col("genre", "name")} = ${"Jazz"} desc`, "name"];
  const [first] = await rowsWhere(sql, schema, "genre", { orderBy, limit: 1, onStatement });
  expect(sent[0]?.text).toBe(
    'SELECT "genre_id", "name" FROM "public"."genre" ORDER BY "genre"."name" = $1 desc, "genre"."name" LIMIT 1',
  );
  expect(first?.["name"]).toBe("Jazz");
});

test("invalid limit, offset, select and orderBy are rejected before anything is sent", async () => {
  const { sql, schema } = store;
  const { sent, onStatement } = recorder();
  const rejected: [object, string][] = [
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
  for (const [options, message] of rejected)
    await expect(rowsWhere(sql, schema, "track", { ...options, onStatement })).rejects.toThrow(message);
  expect(sent).toEqual([]);
});

test("an unknown table is rejected with the nearest names", async () => {
  const wrong = rowsWhere(store.sql, store.schema, "tracks");
  await expect(wrong).rejects.toThrow(UnknownNameError);
  await expect(rowsWhere(store.sql, store.schema, "tracks")).rejects.toThrow(/"tracks".*track/);
});
