import { beforeEach, expect, test } from "bun:test";
import { transformTable, transformTableSql } from "../../src/ddl/index.ts";
import { loadSchema, rowsWhere, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table t (id int primary key, a int8, b int8 check (b > 1), c text, a_moved int);
  create unique index t_a on t (a); create view v as select a, b from t where b > a;
  insert into t values (1, 10, 20, 'c', 0);`;

const { renew, plain } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database } = await renew());
  schema = (await loadSchema(database.sql, { types: { columns: { "t.a": "bigint" } } })) as SchemaSnapshot;
});

function renames(rename: Readonly<Record<string, string>>): readonly string[] {
  return transformTableSql(schema, "t", { rename }).map(text => text.replace(/^.*RENAME COLUMN /, ""));
}

test("columns that exchange their names use a temporary name", async () => {
  expect(renames({ a: "b", b: "a" })).toEqual(['"a" TO "a_moved1"', '"b" TO "a"', '"a_moved1" TO "b"']);
  const after = await transformTable(database.sql, schema, "t", { rename: { a: "b", b: "a" } });
  expect(await plain("select a::int, b::int from t")).toEqual([[20, 10]]);
  expect(await plain("select a::int, b::int from v")).toEqual([[10, 20]]);
  expect(await rowsWhere(database.sql, after, "t")).toEqual([
    { id: 1, a: "20", b: 10n, c: "c", a_moved: 0 },
  ] as never);
});

test("three columns in a cycle need one temporary name", async () => {
  expect(renames({ a: "b", b: "c", c: "a" })).toEqual([
    '"a" TO "a_moved1"',
    '"c" TO "a"',
    '"b" TO "c"',
    '"a_moved1" TO "b"',
  ]);
  await transformTable(database.sql, schema, "t", { rename: { a: "b", b: "c", c: "a" } });
  expect(await plain("select a, b::int, c::int from t")).toEqual([["c", 10, 20]]);
});

test("a chain of renames begins with the free name", () => {
  expect(renames({ a: "b", b: "c", c: "d" })).toEqual(['"c" TO "d"', '"b" TO "c"', '"a" TO "b"']);
});

test("each of two exchanges has its own temporary name", async () => {
  await transformTable(database.sql, schema, "t", { rename: { a: "b", b: "a", c: "id", id: "c" } });
  expect(await plain("select a::int, b::int, c, id from t")).toEqual([[20, 10, 1, "c"]]);
});

test("a column gets the name of a dropped one", async () => {
  const changes = { drop: ["c"], rename: { a_moved: "c" } };
  await transformTable(database.sql, schema, "t", changes, { allowLoss: true });
  expect(await plain("select c from t")).toEqual([[0]]);
});

test("exchanged columns get new types, defaults and NOT NULL under their new names", async () => {
  await database.sql.unsafe("drop view v");
  const now = await loadSchema(database.sql);
  await transformTable(database.sql, now, "t", {
    rename: { a: "b", b: "a" },
    retype: { a: "numeric" },
    defaults: { b: 7 },
    notNull: { a: true },
  });
  expect(
    await plain(
      "select column_name, data_type, column_default, is_nullable from information_schema.columns where table_name = 't' and column_name in ('a', 'b') order by 1",
    ),
  ).toEqual([
    ["a", "bigint", "7", "YES"],
    ["b", "numeric", null, "NO"],
  ]);
});
