// What a migration drops, perhaps to create it again, and what uses it in an expression: a type without a column of it, an
// attribute of a composite type, a function of a partition key. One application of the steps leaves no difference.
import { expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, after, converge } = await twoDatabases();

const TRIGGER_SQL =
  "create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger g before update on t for each row";

/** Objects that name the type e in an expression, but have no column of it. */
const USES_OF_TYPE: Readonly<Record<string, string>> = {
  check: "create table t (a text check (a::e is not null));",
  default: "create table t (a text default ('a'::e)::text);",
  "generated column": `create function f(e) returns text immutable language sql return 'x';
    create table t (a text, g text generated always as (f('a'::e)) stored);`,
  index: `create function f(e) returns text immutable language sql return 'x';
    create table t (a text); create index i on t (a) where a = f('a'::e);`,
  "statistics object": `create function f(e) returns text immutable language sql return 'x';
    create table t (a text, b text); create statistics s on a, (b = f('a'::e)) from t;`,
  policy: "create table t (a text); create policy p on t using (a = ('a'::e)::text);",
  rule: "create table t (a text); create rule r as on delete to t where old.a = ('a'::e)::text do instead nothing;",
  trigger: `create table t (a text); ${TRIGGER_SQL} when (new.a = ('a'::e)::text) execute function f();`,
  "domain check": "create domain d as text check (value::e is not null); create table t (a d);",
  "domain check of an array": "create domain d as text check (value::e is not null); create table t (a d[]);",
  "domain default": "create domain d as text default ('a'::e)::text; create table t (a d);",
};

test.each(Object.entries(USES_OF_TYPE))(
  "a %s that names an enum is recreated with it",
  async (_kind, use) => {
    await converge(`create type e as enum ('a', 'b'); ${use}`, `create type e as enum ('b', 'a'); ${use}`);
  },
);

test("only the checks that name a replaced type are recreated", async () => {
  const table = "create table t (a text check (a::e is not null), b text check (b <> 'public.e'));";
  const steps = await converge(
    `create type e as enum ('a', 'b'); ${table} insert into t values ('a', 'x');`,
    `create type e as enum ('b', 'a'); ${table}`,
  );
  expect(steps.map(({ text }) => text)).toEqual([
    'ALTER TABLE "public"."t" DROP CONSTRAINT "t_a_check"',
    'ALTER TYPE "public"."e" RENAME TO "e_old"',
    `CREATE TYPE "public"."e" AS ENUM ('b', 'a')`,
    'DROP TYPE "public"."e_old"',
    'ALTER TABLE "public"."t" ADD CONSTRAINT "t_a_check" CHECK (((a)::public.e IS NOT NULL))',
  ]);
});

test("schemaSql creates a domain after the type that its check or default names", async () => {
  const to = await loadSchema(after);
  await after.unsafe(`create type z as enum ('a'); create domain d as text check (value::z is not null);
    create domain c as text default ('a'::z)::text;`);
  const wanted = await loadSchema(after);
  expect(migrationSql(to, wanted).map(({ text }) => text.slice(0, 26))).toEqual([
    'CREATE TYPE "public"."z" A',
    'CREATE DOMAIN "public"."c"',
    'CREATE DOMAIN "public"."d"',
  ]);
});

/** Objects that read the attribute x of the type c. */
const USES_OF_ATTRIBUTE: Readonly<Record<string, string>> = {
  check: "create table t (a c check ((a).x > 0));",
  default: "create table t (a c, b int default (row(1, 'y')::c).x);",
  "generated column": "create table t (a c, g int generated always as ((a).x) stored);",
  index:
    "create table t (a c, b int); create index i on t (((a).x)); create unique index u on t (b) where (a).x > 1;",
  exclusion: "create table t (a c, exclude using btree (((a).x) with =));",
  "statistics object": "create table t (a c); create statistics s on ((a).x) from t;",
  policy: "create table t (a c); create policy p on t using ((a).x > 0);",
  rule: "create table t (a c); create rule r as on delete to t where (old.a).x > 0 do instead nothing;",
  trigger: `create table t (a c); ${TRIGGER_SQL} when ((new.a).x > 0) execute function f();`,
  "partition key":
    "create table t (a c) partition by list (((a).x)); create table t_1 partition of t default;",
};

test.each(Object.entries(USES_OF_ATTRIBUTE))(
  "a %s that reads an attribute is recreated with it",
  async (_kind, use) => {
    await converge(
      `create type c as (x int, y text); ${use}`,
      `create type c as (y text, x int); ${use.replace("(1, 'y')", "('y', 1)")}`,
    );
  },
);

test.each(Object.entries(USES_OF_ATTRIBUTE))(
  "a %s that reads an attribute of another type is recreated with it",
  async (_kind, use) => {
    await converge(`create type c as (x int, y text); ${use}`, `create type c as (x bigint, y text); ${use}`);
  },
);

test("an index that reads another attribute of a changed type is unchanged", async () => {
  const table = "create table t (a c); create index i on t (((a).x));";
  const steps = await converge(
    `create type c as (x int, y int); ${table}`,
    `create type c as (x int, z text); ${table}`,
  );
  expect(steps.map(({ text }) => text)).toEqual([
    'ALTER TYPE "public"."c" DROP ATTRIBUTE "y"',
    'ALTER TYPE "public"."c" ADD ATTRIBUTE "z" text',
  ]);
});

const LIST =
  "create table t (k e, n int) partition by list (k); create table t_a partition of t for values in ('a');";
const BY_FUNCTION =
  "create table t (k int, n int) partition by list (f(k)); create table t_a partition of t for values in (1);";

/** Partition keys, and what they need before and after. */
const PARTITION_KEYS: Readonly<Record<string, readonly [string, string, string]>> = {
  "an enum with other labels": [
    "create type e as enum ('a', 'b');",
    "create type e as enum ('b', 'a');",
    LIST,
  ],
  "a domain with another base type": ["create domain e as varchar(3);", "create domain e as text;", LIST],
  "a function with another result": [
    "create function f(int) returns int immutable language sql return $1;",
    "create function f(int) returns bigint immutable language sql return $1;",
    BY_FUNCTION,
  ],
};

test.each(
  Object.entries(PARTITION_KEYS).flatMap(([name, texts]) =>
    [true, false].map(partitions => [name, partitions, texts] as const),
  ),
)(
  "a partition key of %s is replaced, with partitions: %p, and the rows remain",
  async (_name, partitions, texts) => {
    const [first, second, table] = texts;
    const row = table === LIST ? "('a', 1)" : "(1, 1)";
    await converge(`${first} ${table} insert into t values ${row};`, `${second} ${table}`, { partitions });
    expect(await before`select n from t`.values()).toEqual([[1]]);
  },
);
