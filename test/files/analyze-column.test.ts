import { afterAll, beforeAll, expect, test } from "bun:test";
import { analyzeColumn } from "../../src/files/index.ts";
import { ArgumentError, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
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
      create table many as select id, id % 10 as bucket from generate_series(1, 10000) id;
      analyze many; analyze page;`,
  });
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

test("analyzeColumn summarizes the values of a column", async () => {
  expect(await analyzeColumn(database.sql, schema, "page", "kind", { limit: 2 })).toEqual({
    rows: 4,
    nulls: 1,
    distinct: 2,
    min: "a",
    max: "b",
    common: [
      { value: "a", count: 2 },
      { value: "b", count: 1 },
    ],
  });
  expect(await analyzeColumn(database.sql, schema, "page", "at", { where: { kind: "a" } })).toMatchObject({
    min: new Date("2024-01-01Z"),
    max: new Date("2025-01-01Z"),
    nulls: 0,
  });
  expect(await analyzeColumn(database.sql, schema, "page", "doc").catch(error => error)).toBeInstanceOf(
    ArgumentError,
  );
});
