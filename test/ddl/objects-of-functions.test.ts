// Operators, casts and policies that depend on what a migration drops and creates.
import { expect, test } from "bun:test";
import { twoDatabases } from "../support/converge.ts";

const { before, converge } = await twoDatabases();

test("an operator with another function is recreated", async () => {
  const operator = (name: string): string =>
    `create operator public.## (leftarg = int, rightarg = int, function = ${name})`;
  await converge(operator("int4pl"), operator("int4mi"));
  expect(await before`select 5 operator(public.##) 3`.values()).toEqual([[2]] as never);
});

test("an operator is recreated with its function", async () => {
  const operator = (type: string): string =>
    `create function f(x int, y int) returns ${type} language sql as 'select x + y';
     create operator public.## (leftarg = int, rightarg = int, function = f)`;
  await converge(operator("int"), operator("bigint"));
  expect(await before`select pg_typeof(5 operator(public.##) 3)::text`.values()).toEqual([
    ["bigint"],
  ] as never);
});

test("a cast is recreated with its function", async () => {
  const cast = (argument: string): string =>
    `create type cents as (v int); create function c(${argument} cents) returns int language sql as 'select $1.v';
     create cast (cents as int) with function c(cents)`;
  await converge(cast("x"), cast("y"));
  expect(await before`select row(7)::cents::int`.values()).toEqual([[7]] as never);
});

test("a policy is recreated with a column of another table that it reads", async () => {
  const tables = (type: string): string =>
    `create table u (b ${type}); create table t (a int); create policy p on t using (a in (select b from u))`;
  const steps = await converge(tables("int"), tables("bigint"));
  expect(steps.map(({ text }) => text.replaceAll(/\s+/g, " "))).toEqual([
    "DROP POLICY p on public.t",
    'ALTER TABLE "public"."u" ALTER COLUMN "b" TYPE bigint USING "b"::int8',
    "CREATE POLICY p ON public.t FOR ALL TO PUBLIC USING ((a IN ( SELECT u.b FROM public.u)))",
  ]);
});

test("a text search configuration is dropped before the dictionary that it uses", async () => {
  const steps = await converge(
    `create text search dictionary d (template = simple); create text search configuration c (copy = simple);
     alter text search configuration c alter mapping for asciiword with d;`,
    "",
  );
  expect(steps.map(({ text }) => text)).toEqual([
    "DROP TEXT SEARCH CONFIGURATION public.c",
    "DROP TEXT SEARCH DICTIONARY public.d",
  ]);
});
