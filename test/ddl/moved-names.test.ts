import { expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, after, converge } = await twoDatabases();

/** Pairs in which names move between tables, indexes, sequences and types. */
const MOVED: [string, string][] = [
  [
    "create table a(id serial primary key, x text unique); create table b(id serial primary key, y date); create view v as select x from a",
    `create table b(id serial primary key, x text unique); create table a(id serial primary key, y date); create view v as select x from b`,
  ],
  [
    "create table a(id int primary key); create view b as select id from a; create table c(rows_of_a a[])",
    "create table b(id int primary key); create view a as select id from b; create table c(rows_of_a int)",
  ],
  [
    "create table a(id int primary key); create domain b as a; create table c(v b)",
    "create table c(id int primary key); create sequence a; create index b on c (id); create domain a_pkey as int",
  ],
  [
    "create type e as enum ('a'); create function f(e) returns e language sql immutable as 'select $1'; create table t(v e default f('a'))",
    "create type u as enum ('a'); create function f(u) returns u language sql immutable as 'select $1'; create table e(v u default f('a'))",
  ],
  [
    "create type e as (n int); create function e(e) returns int language sql immutable as 'select $1.n'; create table t(v e, n int generated always as (e(v)) stored)",
    "create domain e as text; create function e(e) returns int language sql immutable as 'select 1'; create table t(v e, n int generated always as (e(v)) stored)",
  ],
  [
    "create table t(n int); create function total() returns bigint language sql begin atomic select sum(n) from t; end",
    "create table u(n int); create function total() returns bigint language sql begin atomic select sum(n) from u; end",
  ],
  [
    "create type r as range (subtype = int, multirange_type_name = rs); create table t(a r, b rs, c rs[])",
    "create type rs as range (subtype = int, multirange_type_name = r); create table t(a r, b rs, c rs[])",
  ],
  [
    "create type r as range (subtype = int, multirange_type_name = rs); create table t(b rs)",
    "create type other as range (subtype = int, multirange_type_name = rs); create table t(b rs); create domain r as int",
  ],
  [
    "create type r as range (subtype = int, multirange_type_name = rs); create type e as enum ('a')",
    "create table rs(a int); create type r as range (subtype = int, multirange_type_name = e)",
  ],
  [
    "create table num(id int, n int); create sequence lone owned by num.n; create domain d as num",
    "create table lone(w text)",
  ],
];

test("new tables and columns use the row type of a table whose columns change", async () => {
  await converge(
    "create table t(id text); insert into t values ('1'); create table s(a int)",
    `create table t(id int, n int default 2); create domain d as t; create type c as (t t);
     create table u(id serial primary key, v d, w t[]); create table s(a int, c c)`,
  );
  expect(await before.unsafe("select id, n from t").values()).toEqual([[1, 2]]);
});

test.each(MOVED)("names move in a single migration: %s", async (first, second) => {
  await converge(first, second);
});

test("a column with another table's row type is named before the types of this table change", async () => {
  await before.unsafe("create table a(id int); create domain d as a[]; create table b(v d)");
  await after.unsafe("create table a(id text); create domain d as a[]; create table b(v d)");
  const steps = migrationSql(await loadSchema(before), await loadSchema(after));
  expect(steps[0]).toEqual({
    text: "-- manual: drop column public.b.v, which has rows of public.a, and recreate it after this migration",
    manual: true,
  });
});
