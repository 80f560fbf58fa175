import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  byRelevance,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  search,
  ValueError,
} from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table page (id int primary key, title text, body text, words tsvector generated always as (to_tsvector('english', body)) stored,
        kind text, at timestamptz, doc json);
      insert into page (id, title, body, kind, at) values
        (1, 'Cats', 'The cat sat on the mat with another cat', 'a', '2024-01-01Z'), (2, 'Dogs', 'A dog sat beside a cat', 'a', '2025-01-01Z'),
        (3, 'Birds', 'Birds fly', 'b', null), (4, 'None', null, null, null);
      create index page_body on page using gin (to_tsvector('english', body));
      create schema "My";
      create text search configuration "My"."It's" (copy = english);
      create text search configuration "English" (copy = english);
      create table note (id int primary key, body text, words tsvector generated always as (to_tsvector('"My"."It''s"', body)) stored);
      insert into note values (1, 'houses');
      create table many as select id, id % 10 as bucket from generate_series(1, 10000) id;
      analyze many; analyze page;`,
  });
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

test("search finds words in text and tsvector columns, best matches first", async () => {
  const english = { config: "english" };
  const ids = async (where: object): Promise<unknown[]> =>
    (
      await rowsWhere(database.sql, schema, "page", {
        where,
        orderBy: byRelevance("words", "cat", english),
        select: ["id"],
      })
    ).map(({ id }) => id);
  expect(await ids({ words: search("cats sat", english) })).toEqual([1, 2]);
  expect(await ids({ body: search("cat -dog", english) })).toEqual([1]);
  expect(await ids({ body: search('"cat sat" or birds', english) })).toEqual([1, 3]);
  expect(await ids({ body: search("cats") })).toEqual([]);
  expect(await ids({ body: search("(((' & |") })).toEqual([]);
  expect(
    rowsWhereSql(schema, "page", {
      where: { body: search("x", english) } as never,
      orderBy: byRelevance("title", "y") as never,
      select: ["id"] as never,
    }),
  ).toMatchObject({
    text:
      `SELECT "id" FROM "public"."page" WHERE to_tsvector('english'::regconfig, "body") @@ websearch_to_tsquery('english'::regconfig, $1::text) ` +
      `ORDER BY ts_rank_cd(to_tsvector('simple'::regconfig, "page"."title"), websearch_to_tsquery('simple'::regconfig, $2::text)) DESC`,
    params: ["x", "y"],
  });
  await database.sql.begin(async tx => {
    await tx`set local enable_seqscan = off`;
    const plan = await tx.unsafe(
      `explain ${rowsWhereSql(schema, "page", { where: { body: search("x", english) } as never }).text}`,
      ["cat"],
    );
    expect(JSON.stringify(plan)).toContain("page_body");
  });
});

test("an invalid search is rejected", () => {
  const text = (where: object) => () => rowsWhereSql(schema, "page", { where: where as never });
  expect(text({ id: search("x") })).toThrow(
    new ArgumentError(
      "page.id: search requires a column of type tsvector or text; this column has type integer",
    ),
  );
  expect(text({ body: search("x", { config: "a'; drop" }) })).toThrow(ArgumentError);
  expect(text({ body: search(5 as never) })).toThrow(
    new ArgumentError("page.body: search requires a string, received 5"),
  );
  expect(text({ body: search("a\0") })).toThrow(
    new ValueError(
      'page.body: expected a string without NUL characters, received "a\\u0000" (PostgreSQL cannot store them)',
    ),
  );
  expect(() => rowsWhereSql(schema, "page", { orderBy: byRelevance("body", "\ud800") })).toThrow(ValueError);
});

test("a configuration whose name is quoted is found in a generated column and accepted as config", async () => {
  const ids = async (where: object): Promise<unknown[]> =>
    (await rowsWhere(database.sql, schema, "note", { where, select: ["id"] })).map(({ id }) => id);
  expect(await ids(search("house"))).toEqual([1]);
  expect(await ids({ body: search("house", { config: '"English"' }) })).toEqual([1]);
  expect(await ids({ body: search("house", { config: 'pg_catalog."english"' }) })).toEqual([1]);
  expect(() => rowsWhereSql(schema, "note", { where: { body: search("x", { config: '"a' }) } })).toThrow(
    "note.body: config must be the name of a text search configuration",
  );
});
