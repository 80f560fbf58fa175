// `rowsAndCount` and estimates.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { count, desc, gt, loadSchema, rowsAndCount, type SchemaSnapshot } from "../../src/index.ts";
import { estimateCountSql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

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
      create table many as select id, id % 10 as bucket from generate_series(1, 10000) id;
      analyze many; analyze page;`,
  });
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

test("rowsAndCount returns some rows and the total number from one state of the data", async () => {
  const { sent, onStatement } = recorder();
  const options = {
    where: { id: gt(1) },
    select: ["id"],
    orderBy: desc("id"),
    limit: 2,
    onStatement,
  } as const;
  expect(await rowsAndCount(database.sql, schema, "page", options)).toEqual({
    rows: [{ id: 4 }, { id: 3 }],
    count: 3,
  });
  expect(sent.map(({ text }) => text)).toEqual([
    'SELECT "id" FROM "public"."page" WHERE "id" > $1::text::int4 ORDER BY "page"."id" DESC LIMIT 2',
    'SELECT count(*) AS "count" FROM "public"."page" WHERE "id" > $1::text::int4',
  ]);
});

test("count with estimate returns the planner's number", async () => {
  expect(estimateCountSql(schema, "many", { where: { bucket: 3 } })).toEqual({
    text: 'EXPLAIN (FORMAT JSON) SELECT FROM "public"."many" WHERE "bucket" = $1::text::int4',
    params: ["3"],
  });
  expect(await count(database.sql, schema, "many", { estimate: true })).toBe(10_000);
  expect(
    Math.abs((await count(database.sql, schema, "many", { where: { bucket: 3 }, estimate: true })) - 1000),
  ).toBeLessThan(200);
});
