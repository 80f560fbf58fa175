import { afterAll, beforeAll, expect, test } from "bun:test";
import { addSearch, addSearchSql } from "../../src/ddl/index.ts";
import {
  and,
  byRelevance,
  columnsInfo,
  count,
  gt,
  loadSchema,
  not,
  rowsWhere,
  type SchemaSnapshot,
  ScopeError,
  scope,
  search,
} from "../../src/index.ts";
import { countSql } from "../../src/statements/index.ts";
import { type MusicStore, musicStore } from "../support/music-store.ts";
import { recorder } from "../support/recording.ts";

let store: MusicStore;
let schema: SchemaSnapshot;

beforeAll(async () => {
  store = await musicStore();
  await store.sql.unsafe(`insert into track (track_id, name, album_id, media_type_id, composer, milliseconds) values
    (9001, 'Loving Kindness', 1, 1, null, 1), (9002, 'Silence', 1, 1, 'O. Lover', 1), (9003, 'Loved and Lost', 1, 1, 'War', 1)`);
  await store.sql.unsafe("alter table track add upper text generated always as (upper(name)) stored");
  schema = await addSearch(store.sql, await loadSchema(store.sql), "track", ["name", "composer"], {
    language: "english",
  });
});
afterAll(() => store.database.drop());

const plain = async (text: string): Promise<unknown[][]> => [...(await store.sql.unsafe(text).values())];

test("the DDL is a generated column, whose weights follow the order of the columns, and its index", () => {
  expect(
    addSearchSql(store.schema, "track", ["name", "composer"], { language: "english", column: "words" }),
  ).toEqual([
    `ALTER TABLE "public"."track" ADD COLUMN "words" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english'::regconfig, coalesce("name", '')), 'A') || setweight(to_tsvector('english'::regconfig, coalesce("composer", '')), 'B')) STORED`,
    'CREATE INDEX "track_words_idx" ON "public"."track" USING "gin" ("words")',
  ]);
});

test("search uses the language of the column without further options", async () => {
  const where = search("love -war");
  expect(countSql<Record<string, unknown>>(schema, "track", { where }).text).toBe(
    `SELECT count(*) AS "count" FROM "public"."track" WHERE "search" @@ websearch_to_tsquery('english'::regconfig, $1::text)`,
  );
  const found = await rowsWhere(store.sql, schema, "track", {
    select: ["track_id"],
    where: and(where, { track_id: gt(9000) }),
    orderBy: "track_id",
  });
  expect(found).toEqual([{ track_id: 9001 }]);
  expect(
    await count(store.sql, schema, "track", { where: { search: search("lover"), track_id: gt(9000) } }),
  ).toBe(1);
  expect(
    await plain(
      "select track_id from track where search @@ websearch_to_tsquery('english', 'love -war') and track_id > 9000",
    ),
  ).toEqual([[9001]]);
});

test("the first column ranks highest", async () => {
  await store.sql`update track set composer = 'Silence' where track_id = 9001`;
  const rows = await rowsWhere(store.sql, schema, "track", {
    select: ["track_id"],
    where: and(search("silence"), { track_id: gt(9000) }),
    orderBy: byRelevance("search", "silence"),
  });
  expect(rows).toEqual([{ track_id: 9002 }, { track_id: 9001 }]);
});

test("a search without a column can be negated and combined", async () => {
  const rows = await rowsWhere(store.sql, schema, "track", {
    select: ["track_id"],
    where: and(search("love"), not(search("war")), { track_id: gt(9000) }),
  });
  expect(rows).toEqual([{ track_id: 9001 }]);
});

test("the index is used", async () => {
  const { text, params } = countSql<Record<string, unknown>>(schema, "track", { where: search("love") });
  await store.sql.begin(async tx => {
    await tx.unsafe("set local enable_seqscan = off");
    const plan = await tx.unsafe(`explain ${text}`, params as string[]).values();
    expect(JSON.stringify(plan)).toContain("track_search_idx");
  });
  expect(columnsInfo(schema, "track")["search"]).toMatchObject({ type: "tsvector", generated: "stored" });
});

test("ifNotExists leaves the same search unchanged and rejects a different one", () => {
  const options = { language: "english", ifNotExists: true };
  expect(addSearchSql(schema, "track", ["name", "composer"], options)).toEqual([]);
  for (const [columns, language] of [
    ["name", "english"],
    [["composer", "name"], "english"],
    [["name", "composer"], "simple"],
  ] as const)
    expect(() => addSearchSql(schema, "track", columns, { language, ifNotExists: true })).toThrow(
      "track.search already exists and is different; drop it first, or choose a different column",
    );
  expect(addSearchSql(schema, "genre", "name", options)).toHaveLength(2);
});

test("ifNotExists finds the same search by each name of its text search configuration", async () => {
  await store.sql.unsafe(`create text search configuration public.german2 (copy = pg_catalog.german);
    create schema other; create text search configuration other."My-Conf" (copy = pg_catalog.german);
    create text search configuration other.german2 (copy = pg_catalog.german)`);
  const names = [
    ["pg_catalog.english", "English", "other.english"],
    ["public.german2", "german2", "other.german2"],
    ['other."My-Conf"', 'OTHER."My-Conf"', '"My-Conf"'],
  ] as const;
  for (const [language, same, different] of names) {
    const now = await addSearch(store.sql, schema, "genre", "name", { language });
    const again = (name: string): readonly string[] =>
      addSearchSql(now, "genre", "name", { language: name, ifNotExists: true });
    expect([again(language), again(same)]).toEqual([[], []]);
    expect(() => again(different)).toThrow("genre.search already exists and is different");
    expect(await count(store.sql, now, "genre", { where: search("rock") })).toBe(1);
    await store.sql.unsafe("alter table genre drop column search");
  }
});

test("a search without a column requires exactly one tsvector column", async () => {
  const { sent, onStatement } = recorder();
  await expect(count(store.sql, schema, "artist", { where: search("x"), onStatement })).rejects.toThrow(
    "artist: search(...) requires a column; write { column: search(...) }, or add a tsvector column with addSearch",
  );
  const two = await addSearch(store.sql, schema, "track", "composer", { column: "composers" });
  await expect(count(store.sql, two, "track", { where: search("x"), onStatement })).rejects.toThrow(
    "track: search(...) requires a column of search, composers; write { column: search(...) }",
  );
  expect(sent).toEqual([]);
  await store.sql.unsafe("alter table track drop column composers");
});

test("columns that cannot be searched are rejected, and a failed call creates nothing", async () => {
  const rejected: [string, readonly string[], object, string][] = [
    [
      "track",
      ["milliseconds"],
      {},
      "addSearch: track.milliseconds: search requires columns of text; this column has type integer",
    ],
    ["track", [], {}, "track: the search must have at least one column"],
    ["track", ["nam"], {}, 'track has no column "nam"'],
    ["track", ["name"], { column: "bytes" }, "track.bytes already exists"],
    [
      "track",
      ["name"],
      { language: "english'; drop" },
      "addSearch: track: language must be the name of a text search configuration",
    ],
    ["album_overview", ["title"], {}, "album_overview is a view"],
  ];
  for (const [table, columns, options, message] of rejected)
    expect(() => addSearchSql(store.schema, table, columns, options)).toThrow(message);
  expect(() => addSearchSql(schema, "track", ["upper"], { column: "more" })).toThrow(
    "addSearch: track.upper: a generated column cannot refer to a generated column",
  );
  await expect(addSearch(store.sql, store.schema, "artist", "name", { language: "klingon" })).rejects.toThrow(
    'text search configuration "klingon" does not exist',
  );
  expect(
    await plain(
      "select attname from pg_attribute where attrelid = 'artist'::regclass and attname = 'search'",
    ),
  ).toEqual([]);
  await expect(
    addSearch(store.sql, scope(store.schema, { artist: { artist_id: 1 } }), "artist", "name"),
  ).rejects.toThrow(ScopeError);
});
