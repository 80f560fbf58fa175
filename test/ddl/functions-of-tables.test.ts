// Functions that read the tables, views and partitions that use them, or whose columns change.
import { expect, test } from "bun:test";
import { twoDatabases } from "../support/converge.ts";

const { before, converge } = await twoDatabases();

const NEXT = `create function next_place() returns int language sql stable return (select coalesce(max(place), 0) + 1 from t);
  alter table t alter place set default next_place();`;
const FEW = `create function few(int) returns bool language sql stable return (select count(*) < 3 from t where place = $1);
  alter table t add constraint few check (few(place));`;

test("a table is created before the function of its default and of its check, which reads the table", async () => {
  await converge("", `create table t (id int, place int); ${NEXT} ${FEW} create table c () inherits (t);`);
  for (const id of [1, 2]) await before`insert into t values (${id})`;
  expect(await before`select id, place from t`.values()).toEqual([
    [1, 1],
    [2, 2],
  ] as never);
});

test("a table is dropped with the function of its default and of its check, which reads the table", async () => {
  const steps = await converge(`create table t (id int, place int); ${NEXT} ${FEW}`, "");
  expect(steps.at(-1)).toEqual({
    text: 'DROP TABLE "public"."t"',
    destructive: "drops table public.t with its rows",
  });
});

test("a default and a check of a table remain when a column is added before the function of its rows is created again", async () => {
  await converge(
    `create table t (id int, place int); ${NEXT} create table u (id int default next_place(), old int);
     insert into u values (7, 1)`,
    `create table t (id int, place int, old int generated always as (id * 2) stored); ${NEXT}
     create table u (id int default next_place(), old int)`,
  );
  await before`insert into u (old) values (2)`;
  expect(await before`select * from u order by old`.values()).toEqual([
    [7, 1],
    [1, 2],
  ] as never);
});

test("a view of a function is created again with the function, whose table is dropped", async () => {
  const functionOf = (table: string): string =>
    `create function ids() returns table (id int) language sql stable begin atomic select id from ${table}; end;
     create view v as select id from ids();`;
  await converge(
    `create table a (id int); create table b (id int); insert into b values (4); ${functionOf("a")}`,
    `create table b (id int); ${functionOf("b")}`,
  );
  expect(await before`select id from v`.values()).toEqual([[4]] as never);
});

test("a function of a new table with rows of a changed table is created after both", async () => {
  await converge(
    "create table a (id int)",
    `create table a (id bigint); create table b (parts a[]);
     create function parts() returns setof b language sql stable begin atomic select * from b; end;`,
  );
});

test("a function is dropped after the trigger of a dropped table and before an overload of its name", async () => {
  const ready = (name: string): string =>
    `create function ready(${name} int) returns bool language sql immutable as 'select true'`;
  const trigger = (table: string): string =>
    `create trigger r after insert on ${table} for each row when (ready(1)) execute function note()`;
  const NOTE = "create function note() returns trigger language plpgsql as 'begin return new; end'";
  await converge(
    `${ready("a")}; ${NOTE}; create table t (id int); create table u (id int); ${trigger("t")}; ${trigger("u")}`,
    `${ready("b")}; ${NOTE}; create table u (id int); ${trigger("u")}`,
  );
});

test("a dropped table with a default and a dropped partition with an index do not keep a function", async () => {
  const half = (name: string): string =>
    `create function half(${name} int) returns int language sql immutable return 1`;
  await converge(
    `${half("a")}; create table gone (id int default half(1)); create table p (id int) partition by list (id);
     create table p_1 partition of p for values in (1); create index p_half on p (half(id));`,
    `${half("b")}; create table p (id int) partition by list (id);`,
    { partitions: true },
  );
});

test("a generated column is dropped before its function, also if the function has a new overload", async () => {
  const texts = (schema: string): string =>
    `create type ${schema}.mood as enum ('ok'); create function label(${schema}.mood) returns text language sql immutable as 'select ''x'''`;
  await converge(
    `create schema one; ${texts("one")}; create table t (id int, m one.mood, l text generated always as (label(m)) stored)`,
    `create schema two; ${texts("two")}; create table t (id int)`,
  );
});

test("a materialized view with rows of a table is created again when the table computes its rows anew", async () => {
  const tables = (type: string): string =>
    `create table t (id ${type}, n int); create materialized view m as select t from t;`;
  await converge(
    `${tables("int")} insert into t values (1, 2); refresh materialized view m`,
    tables("bigint"),
  );
  expect(await before`select (t).id::text, (t).n from m`.values()).toEqual([["1", 2]] as never);
});
