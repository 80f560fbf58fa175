// Every kind of object that differs is a line of `schemaDiff`, in both directions, and equal objects are not listed.
import { expect, test } from "bun:test";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql } = await testTables(
  `create table t (id int not null, k int not null, constraint pk primary key (id));
   create collation sorted (locale = 'C'); create function f() returns int language sql return 1;
   create statistics together on id, k from t; create schema other; create sequence numbers;
   create type mood as enum ('a'); create view v as select id from t; create extension citext;
   create schema a; create schema "a.b"; create table a."b.c" (x int); create table "a.b".c (x int);
   create sequence a."b.s"; create sequence "a.b".s; create table pair ("a" int, "a, a" int)`,
);
const load = () => loadSchema(sql, { functions: true });
const before = await load();

test.each([
  [
    "alter table t drop constraint pk; alter table t add constraint pk primary key (k)",
    "table public.t: primary key: columns",
  ],
  ["alter table t drop constraint pk", "table public.t: primary key: columns"],
  ["drop collation sorted; create collation sorted (locale = 'POSIX')", "public.sorted"],
  ["drop collation sorted", "collation public.sorted"],
  ["create or replace function f() returns int language sql return 2", "f(): definition changed"],
  ["drop function f()", "function public.f()"],
  ["drop statistics together; create statistics together (ndistinct) on id, k from t", "definition changed"],
  ["drop statistics together", "together"],
  ["drop schema other", "schema other"],
  ["alter sequence numbers increment 2", "numbers"],
  ["alter type mood add value 'b'", "mood"],
  ["create or replace view v as select k as id from t", "view public.v: definition changed"],
  ["alter extension citext set schema other", "citext"],
  // Names and texts that resemble other syntax.
  ['alter table a."b.c" alter x type int8', 'column "a"."b.c".x: type'],
  ['alter sequence a."b.s" cycle', 'sequence "a"."b.s": cycle'],
  ["comment on table t is 'none'", "table public.t: comment"],
  ['drop table pair; create table pair ("a, a" int, "a" int)', 'table public.pair: column order ["a'],
])("%s", async (statement, line) => {
  const rollBack = new Error("roll back");
  const changed = sql.begin(async tx => {
    await tx.unsafe(statement);
    const after = await loadSchema(tx, { functions: true });
    expect(schemaDiff(before, after).join("\n")).toContain(line);
    expect(schemaDiff(after, before).join("\n")).toContain(line);
    throw rollBack;
  });
  expect(await failure(changed)).toBe(rollBack);
  expect(schemaDiff(before, await load())).toEqual([]);
});

test("functions that were not read are a single line", async () => {
  const without = await loadSchema(sql);
  expect(schemaDiff(before, without)).toContain("functions: read → not read");
  expect(schemaDiff(without, before)).toContain("functions: not read → read");
  expect(schemaDiff(without, await loadSchema(sql))).toEqual([]);
});
