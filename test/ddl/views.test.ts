import { beforeEach, expect, test } from "bun:test";
import {
  createIndex,
  createView,
  createViewSql,
  dropView,
  dropViewSql,
  refreshView,
  refreshViewSql,
} from "../../src/ddl/index.ts";
import { expr, loadSchema, rowsWhere, type SchemaSnapshot, table, viewNames } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table author (id int primary key, name text not null, email text);
  create table book (id int primary key, author_id int, title text not null, pages int);
  insert into author values (1, 'Ann', 'a@x'), (2, 'Bob', null); insert into book values (1, 1, 'One', 10);`;

const { renew } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

test("createView reads names from the snapshot and prints values as literals; replace keeps the same view", async () => {
  const query = expr`select title, pages from ${table("book")} where pages > ${5} and title <> ${"it's"}`;
  const text = `CREATE VIEW "public"."thick" AS\nselect title, pages from "public"."book" where pages > '5' and title <> 'it''s'`;
  expect(createViewSql(schema, "thick", query, { comment: "Thick ones" })).toEqual([
    text,
    `COMMENT ON VIEW "public"."thick" IS 'Thick ones'`,
  ]);
  let now = await createView(database.sql, schema, "thick", query);
  expect(await rowsWhere(database.sql, now, "thick")).toEqual([{ title: "One", pages: 10 }]);
  expect(() => createViewSql(now, "thick", query)).toThrow('view "thick" already exists');
  const wider = expr`select title, pages, author_id from ${table("book")}`;
  expect(createViewSql(now, "thick", wider, { replace: true })[0]).toStartWith(
    'CREATE OR REPLACE VIEW "public"."thick"',
  );
  now = await createView(database.sql, now, "thick", wider, { replace: true });
  expect(await rowsWhere(database.sql, now, "thick")).toEqual([{ title: "One", pages: 10, author_id: 1 }]);
  expect(() => createViewSql(now, "book", query, { replace: true, materialized: true })).toThrow(
    "book is a table",
  );
});

test("replace keeps the options of a view", async () => {
  await database.sql.unsafe(
    "create view mine with (security_barrier = true) as select * from book where pages > 1 with local check option",
  );
  const stored = await loadSchema(database.sql);
  const query = expr`select * from ${table("book")} where pages > ${2}`;
  await createView(database.sql, stored, "mine", query, { replace: true });
  expect([...(await database.sql`select reloptions from pg_class where relname = 'mine'`.values())]).toEqual([
    [["security_barrier=true", "check_option=local"]],
  ]);
  await expect(database.sql.unsafe("insert into mine values (9, 1, 'thin', 2)").execute()).rejects.toThrow(
    "violates check option",
  );
});

test("a materialized view keeps its rows until it is refreshed, which runs concurrently with a unique index", async () => {
  const query = expr`select id, title from ${table("book")}`;
  const options = { materialized: true };
  expect(createViewSql(schema, "titles", query, options)).toEqual([
    'CREATE MATERIALIZED VIEW "public"."titles" AS\nselect id, title from "public"."book"',
  ]);
  let now = await createView(database.sql, schema, "titles", query, options);
  await database.sql.unsafe("insert into book values (2, 1, 'Two', 1)");
  expect(await rowsWhere(database.sql, now, "titles")).toHaveLength(1);
  expect(() => refreshViewSql(now, "titles", { concurrently: true })).toThrow("requires a unique index");
  expect(() => refreshViewSql(schema, "book")).toThrow("book is a table");
  await refreshView(database.sql, now, "titles");
  expect(await rowsWhere(database.sql, now, "titles")).toHaveLength(2);
  now = await createIndex(database.sql, now, "titles", "id", { unique: true });
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  await refreshView(database.sql, now, "titles", { concurrently: true, onStatement });
  expect(sent).toEqual(['REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."titles"']);
  const replaced = expr`select id from ${table("book")} where id > ${1}`;
  expect(createViewSql(now, "titles", replaced, { ...options, replace: true })).toEqual([
    'DROP MATERIALIZED VIEW IF EXISTS "public"."titles"',
    `CREATE MATERIALIZED VIEW "public"."titles" AS\nselect id from "public"."book" where id > '1'`,
  ]);
  now = await createView(database.sql, now, "titles", replaced, { ...options, replace: true });
  expect(await rowsWhere(database.sql, now, "titles")).toEqual([{ id: 2 }]);
});

test.each([
  ["has a where", "create unique index i on titles (id) where id > 0"],
  ["has an expression", "create unique index i on titles (id, lower(title))"],
  ["is an expression", "create unique index i on titles (lower(title))"],
  [
    "is invalid",
    "create unique index i on titles (id); update pg_index set indisvalid = false where indexrelid = 'i'::regclass",
  ],
])("a unique index that %s does not allow a concurrent refresh", async (_why, index) => {
  await database.sql.unsafe(`create materialized view titles as select id, title from book; ${index}`);
  const now = await loadSchema(database.sql);
  expect(() => refreshViewSql(now, "titles", { concurrently: true })).toThrow("requires a unique index");
});

test("dropView drops both kinds of views, and dependent views only with cascade", async () => {
  let now = await createView(database.sql, schema, "a", expr`select id from ${table("book")}`);
  now = await createView(database.sql, now, "b", expr`select id from ${table("a")}`, { materialized: true });
  expect(() => dropViewSql(now, "a")).toThrow("a: view b depends on this view; cascade: true drops it too");
  expect(() => dropViewSql(now, "book")).toThrow("book is a table, not a view");
  expect(dropViewSql(now, "b")).toEqual(['DROP MATERIALIZED VIEW "public"."b"']);
  expect(dropViewSql(now, "a", { cascade: true })).toEqual(['DROP VIEW "public"."a" CASCADE']);
  expect(viewNames(await dropView(database.sql, now, "a", { cascade: true }))).toEqual([]);
});
