// The values of composite types whose attributes get another type, wherever a table has them.
import { expect, test } from "bun:test";
import { twoDatabases } from "../support/converge.ts";

const { before, converge } = await twoDatabases();

/** The type c, a domain over it, a type that contains it, and tables with all of them. */
function tables(attributes: string): string {
  return `create type c as (${attributes}); create domain d as c check ((value).x > 0); create type outer_c as (c c, n int);
    create table t (id int primary key, c c, list c[], d d, o outer_c); create table child () inherits (t);
    create table p (c c, k int) partition by list (k); create table p_1 partition of p for values in (1);
    create view v as select (c).y from t;`;
}

const ROWS_SQL = `insert into t values (1, '(1,a)', '{"(2,b)","(,)",null}', '(3,"c d")', '("(4,e)",5)'), (2, '(,)', null, null, null);
  insert into child values (3, '(6,)'); insert into p values ('(7,g)', 1);`;

const values = (): Promise<unknown> =>
  before`select id, c::text, list::text, d::text, o::text from t union all select k, c::text, null, null, null from p order by 1, 2`.values();

test("a composite type whose attribute gets a wider type keeps all values, and no step is destructive", async () => {
  const steps = await converge(tables("x int, y text") + ROWS_SQL, tables("x bigint, y text"));
  expect([...((await values()) as unknown[])]).toEqual([
    [1, "(1,a)", '{"(2,b)","(,)",NULL}', '(3,"c d")', '("(4,e)",5)'],
    [1, "(7,g)", null, null, null],
    [2, "(,)", null, null, null],
    [3, "(6,)", null, null, null],
  ]);
  expect(steps.filter(({ destructive }) => destructive !== undefined)).toEqual([]);
});

test("a composite type keeps its values if labels of its enum are removed", async () => {
  const table = "create type c as (e e, n int); create table t (c c, list c[]);";
  const steps = await converge(
    `create type e as enum ('a', 'b', 'z'); ${table} insert into t values ('(a,1)', '{"(b,2)"}');`,
    `create type e as enum ('b', 'a'); ${table}`,
  );
  expect([...(await before`select c::text, list::text from t`.values())]).toEqual([["(a,1)", '{"(b,2)"}']]);
  expect(steps.map(({ text }) => text)).toEqual([
    'ALTER TYPE "public"."c" RENAME TO "c_old"',
    'ALTER TYPE "public"."e" RENAME TO "e_old"',
    `CREATE TYPE "public"."e" AS ENUM ('b', 'a')`,
    'CREATE TYPE "public"."c" AS ("e" public.e, "n" integer)',
    'ALTER TABLE "public"."t" ALTER COLUMN "c" TYPE public.c USING "c"::text::public.c',
    'ALTER TABLE "public"."t" ALTER COLUMN "list" TYPE public.c[] USING "list"::text::public.c[]',
    'DROP TYPE "public"."c_old"',
    'DROP TYPE "public"."e_old"',
  ]);
});

test("the new type of an attribute that may not fit marks the columns", async () => {
  const table = (type: string): string => `create type c as (x ${type}, n int); create table t (c c);`;
  const lossOf = async (from: string, to: string): Promise<unknown> =>
    (
      await converge(
        `drop table if exists t; drop type if exists c; ${table(from)}`,
        `drop table if exists t; drop type if exists c; ${table(to)}`,
      )
    ).flatMap(({ destructive }) => destructive ?? []);
  const loss = ["public.t.c: values of type public.c may not fit the new type public.c"];
  expect(await lossOf("numeric", "int")).toEqual(loss);
  expect(await lossOf("bool", "text")).toEqual(loss); // `t` would become the text `t`, not `true`.
  expect(await lossOf("varchar(3)", "text")).toEqual([]);
});

test("the attributes of a type of which no table has values are dropped and added", async () => {
  const steps = await converge("create type c as (x int, n int)", "create type c as (x bigint, n int)");
  expect(steps.map(({ text }) => text.slice(0, 42))).toEqual([
    'ALTER TYPE "public"."c" DROP ATTRIBUTE "x"',
    'ALTER TYPE "public"."c" DROP ATTRIBUTE "n"',
    'ALTER TYPE "public"."c" ADD ATTRIBUTE "x" ',
    'ALTER TYPE "public"."c" ADD ATTRIBUTE "n" ',
  ]);
});
