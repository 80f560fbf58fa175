// The dependents of a changed function or attribute are dropped before the change and created after it.
import { expect, test } from "bun:test";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, after, converge } = await twoDatabases();

const SINGLE = "create function f(a int) returns int language sql immutable as 'select $1';";
const OVERLOAD =
  "create function f(a int, b int default 1) returns int language sql immutable as 'select $1 + $2';";
const OF_ROWS = "create function f(t) returns int language sql immutable as 'select $1.a';";
const CALLERS = `create function h(int) returns int immutable return $1;
  create function f(int) returns bigint stable return (select count(*) from t where a = $1);
  create function g(int) returns bigint stable return f($1) + h(1);`;
const COMPOSITE = "create domain d as c check ((value).b <> ''); create table u(v d)";

const PAIRS: [string, string][] = [
  // An unrelated function does not interfere.
  [
    `${SINGLE} create view v as select f(1) as x; create table t(a int default f(2), check (f(a) > 0))`,
    `create function g() returns int language sql as 'select 1'; ${OVERLOAD} create view v as select f(1) as x; create table t(a int default f(2), check (f(a) > 0))`,
  ],
  [
    `${SINGLE} create view v as select f(1) as x; create table t(a int default f(2), check (f(a) > 0))`,
    `${OVERLOAD} create view v as select f(1) as x; create table t(a int default f(2), check (f(a) > 0))`,
  ],
  [
    `${SINGLE} create view v as select f(1) as x; create domain d as int check (f(value) > 0)`,
    `${OVERLOAD} create view v as select f(1) as x`,
  ],
  [
    `${SINGLE} create table t(a int, exclude (f(a) with =)); create index on t (a) where f(a) > 1`,
    `${SINGLE.replaceAll("(a int)", "(b int)")} create table t(a int, exclude (f(a) with =)); create index on t (a) where f(a) > 1`,
  ],
  [
    `create table t(a int, b text); ${OF_ROWS} create index t_i on t (f(t))`,
    `create table t(a bigint, b text, c int); ${OF_ROWS.replace("$1.a", "2")} create index t_i on t (f(t))`,
  ],
  [
    `create table t(a int, b text); ${OF_ROWS} create index t_i on t (f(t))`,
    `create table t(a int, b text, c int); ${OF_ROWS.replace("returns int", "returns bigint")} create index t_i on t (f(t))`,
  ],
  [`create table t(a int); ${OF_ROWS} create index t_i on t (f(t))`, "create table t(a int)"],
  // A function whose comment goes with it.
  [
    `${SINGLE} comment on function f(int) is 'x'; create table t(a int default f(2), check (f(a) > 0))`,
    "create table t(a int)",
  ],
  // A table is dropped before the type of its column, and after the function of its rows.
  [
    "create type c as (x int); create table t (a c); create function g(t) returns int language sql as 'select 1'",
    "",
  ],
  // A function is dropped before the type of its argument.
  [
    "create type m as enum ('a', 'b'); create function f(m) returns int immutable return 1",
    "create type m as enum ('a')",
  ],
  ["create type m as enum ('a', 'b'); create function f(m) returns int immutable return 1", ""],
  [
    "create type m as (a int, b int); create function f(x m) returns int immutable return x.a",
    "create type m as (b int)",
  ],
  [`create table t(a int); ${CALLERS}`, `create table t(a bigint); ${CALLERS}`],
  [`create table t(a int); ${OF_ROWS} create index t_i on t (f(t))`, "create view t as select 1 as a"],
  [`create table t(a int); ${OF_ROWS} create index t_i on t (f(t)); alter table t add check (f(t) > 0)`, ""],
  [
    `create type c as (a int, b text); ${COMPOSITE}`,
    "create type c as (a int); create domain d as c check ((value).a > 0); create table u(v d)",
  ],
  [
    `create type c as (a int, b text); ${COMPOSITE}`,
    `create type c as (a int, b varchar(9)); ${COMPOSITE.replace("<> ''", "<> 'x'")}`,
  ],
  // A function of a changed table or of a dropped view, and the views that call it.
  [
    "create table t(a int); create function s() returns bigint language sql return (select count(*) from t where a > 1); create view v as select s() as n; create view w as select n from v; create function r() returns bigint language sql return (select n from w); create view x as select r() as n",
    "create table t(a bigint); create function s() returns bigint language sql return (select count(*) from t where a > 1); create view v as select s() as n; create view w as select n from v; create function r() returns bigint language sql return (select n from w); create view x as select r() as n",
  ],
  [
    "create table t(a int, c int); create function s() returns setof t language sql as 'select * from t'; create view v as select c from s()",
    "create table t(a bigint, c int); create function s() returns setof t language sql as 'select * from t'; create view v as select c from s()",
  ],
  // The tables of a hierarchy, with a replaced type.
  [
    "create type m as enum ('a', 'b'); create table t(a m, n int default 1); insert into t values ('a'); create table u(more m) inherits (t)",
    "create type m as enum ('b', 'a'); create table t(a m, n int default 1); create table u(more m) inherits (t)",
  ],
  // A function that calls a removed function, and then its overload.
  [
    `${SINGLE} create function g(n int) returns int immutable return f(n) + 1; create table t(a int default g(2), check (g(a) > 0)); create view v as select g(a) as x from t`,
    `${OVERLOAD} create function g(n int) returns int immutable return f(n) + 1; create table t(a int default g(2), check (g(a) > 0)); create view v as select g(a) as x from t`,
  ],
  // A check of a domain loses its comment with it.
  [
    "create domain d as int constraint c check (value > 0); comment on constraint c on domain d is 'x'",
    "create domain d as int",
  ],
  [
    "create domain d as int constraint c check (value > 0); comment on constraint c on domain d is 'x'",
    "create domain d as int constraint c check (value > 1); comment on constraint c on domain d is 'x'",
  ],
  [
    `create type c as (a int, b text); ${COMPOSITE}; comment on constraint d_check on domain d is 'x'`,
    `create type c as (a int, b varchar(9)); ${COMPOSITE}; comment on constraint d_check on domain d is 'x'`,
  ],
  [`create type c as (a int, b text); ${COMPOSITE}`, `create type c as (z int, a int, b text); ${COMPOSITE}`],
];

test("a partition key with another collation needs another table", async () => {
  const table = (collation: string): string =>
    `create table t(a text collate "${collation}", b int) partition by list (a); create table t1 partition of t for values in ('x')`;
  const steps = await converge(table("C"), table("POSIX"), { partitions: true });
  expect(steps.map(({ text }) => text)).toContain('DROP TABLE "public"."t"');
});

test("the partitions of a column with a replaced type are detached while it changes", async () => {
  const tables = (labels: string): string => `create type m as enum (${labels});
    create table t(id int, a m) partition by list (id); create table t1 partition of t for values in (1);`;
  await converge(`${tables("'a', 'b'")} insert into t values (1, 'b')`, tables("'b', 'a'"), {
    partitions: true,
  });
  expect(await before.unsafe("select id, a::text from t1").values()).toEqual([[1, "b"]]);
});

test("only the views that use a replaced type are recreated with it", async () => {
  const schema = (labels: string): string => `create type m as enum (${labels}); create table t(a m, b int);
    create view other as select b from t; create view reads as select b from t where a is not null;
    create view names as select b from t where b::text = 'a'::m::text; create materialized view has as select null::m as x;
    create view of_view as select b from reads`;
  const steps = await converge(schema("'a', 'b'"), schema("'b', 'a'"));
  expect(steps.flatMap(({ text }) => /^DROP .*VIEW .*"(.*)"/.exec(text)?.[1] ?? []).toSorted()).toEqual([
    "has",
    "names",
    "of_view",
    "reads",
  ]);
});

test("only the checks that use a recreated function are recreated with it", async () => {
  const table = "create table t(a int, check (a > 0), check (f(a) > 0), check (a < abs(9)))";
  const steps = await converge(`${SINGLE} ${table}`, `${SINGLE.replace("(a int)", "(b int)")} ${table}`);
  const dropped = steps.map(({ text }) => text).filter(text => text.includes("DROP CONSTRAINT"));
  expect(dropped).toEqual(['ALTER TABLE "public"."t" DROP CONSTRAINT "t_a_check1"']);
});

test.each(PAIRS)("%s becomes %s", async (first, second) => {
  const steps = await converge(first, second);
  expect(steps.filter(({ manual }) => manual)).toEqual([]);
});

test("schemaSql creates a check after its function, which takes rows of the checked table", async () => {
  await before.unsafe(`create table t(a int); ${OF_ROWS} alter table t add check (f(t) > 0)`);
  const schema = await loadSchema(before, { functions: true });
  await after.unsafe(schemaSql(schema));
  expect(schemaDiff(await loadSchema(after, { functions: true }), schema)).toEqual([]);
});

test("a generated column is named in a manual step before its function is recreated", async () => {
  const table = "create table t(a int, b int generated always as (f(a)) stored)";
  await before.unsafe(SINGLE + table);
  await after.unsafe(SINGLE.replaceAll("(a int)", "(b int)") + table);
  const [from, to] = await Promise.all([before, after].map(sql => loadSchema(sql, { functions: true })));
  expect(migrationSql(from!, to!)[0]).toEqual({
    text: "-- manual: drop what uses function public.f(integer) of public.t, and recreate it after this migration",
    manual: true,
  });
});
