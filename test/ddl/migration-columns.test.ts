// The changes of a single column in a migration, by PostgreSQL version, and whether existing rows may make a step fail.
import { expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema } from "../../src/index.ts";
import { negativeScale } from "../support/server-version.ts";
import { stepPair, texts } from "../support/step-pair.ts";

const pair = stepPair();
const { stepsBetween, values } = pair;

const GENERATED = "create table t (id int, twice int generated always as (id * 2) stored)";

/** The steps for a different PostgreSQL version. */
async function stepsOn(
  versions: readonly number[],
  from: string,
  to: string,
): Promise<readonly (readonly string[])[]> {
  await pair.before.sql.unsafe(from);
  await pair.after.sql.unsafe(to);
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  return versions.map(serverVersionNum =>
    texts(migrationSql({ ...old, serverVersionNum }, { ...now, serverVersionNum })),
  );
}

test("a generated column becomes plain: before PostgreSQL 15 it is recreated with its values", async () => {
  const alter = 'ALTER TABLE "public"."t"';
  const [old, now] = await stepsOn([149_999, 150_000], GENERATED, "create table t (id int, twice int)");
  expect(old).toEqual([
    `${alter} ALTER COLUMN "twice" DROP EXPRESSION`,
    `${alter} ADD COLUMN "twice_moved" text`,
    `${alter} ALTER COLUMN "twice_moved" TYPE integer USING "twice"`,
    `${alter} DROP COLUMN "twice"`,
    `${alter} RENAME COLUMN "twice_moved" TO "twice"`,
  ]);
  expect(now).toEqual([`${alter} ALTER COLUMN "twice" DROP EXPRESSION`]);
});

test("a changed expression: before PostgreSQL 17 the column is recreated", async () => {
  const alter = 'ALTER TABLE "public"."t"';
  expect(await stepsOn([169_999, 170_000], GENERATED, GENERATED.replace("* 2", "* 3"))).toEqual([
    [
      `${alter} DROP COLUMN "twice"`,
      `${alter} ADD COLUMN "twice" integer GENERATED ALWAYS AS ((id * 3)) STORED`,
    ],
    [`${alter} ALTER COLUMN "twice" SET EXPRESSION AS ((id * 3))`],
  ]);
});

test("a new column with a value for existing rows cannot fail, one without a value may fail", async () => {
  const domains = "create domain whole as int; create domain five as int default 5;";
  const steps = await stepsBetween(
    `${domains} create table t (id int); insert into t values (1)`,
    `${domains} create table t (id int, a int default 1 not null, b int generated always as identity,
      c int generated always as (id) stored not null, d five not null, e int)`,
  );
  expect(steps.flatMap(({ mayFail }) => mayFail ?? [])).toEqual([]);
  expect(await values("select * from t")).toEqual([[1, 1, 1, 1, 5, null]]);
  await pair.after.sql`alter table t add f int not null, add g whole not null`;
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  expect(migrationSql(old, now).map(({ mayFail }) => mayFail)).toEqual([
    "public.t.f: existing rows have no value",
    "public.t.g: existing rows have no value",
  ]);
});

test.each([
  ["int", "numeric", false],
  ["int", negativeScale(12, 2), true],
  ["text", "varchar(2)", true],
  ["date", "timestamp", false],
  ["date", "timestamp(0)", true],
])(
  "a column of type %s becomes %s: the step is marked if it can change values: %j",
  async (from, to, isMarked) => {
    await pair.before.sql.unsafe(`create table t (a ${from})`);
    await pair.after.sql.unsafe(`create table t (a ${to})`);
    const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
    const marks = migrationSql(old, now).map(step => step.destructive ?? step.mayFail);
    expect(marks).toHaveLength(1);
    expect(marks[0] !== undefined).toBe(isMarked);
  },
);

const DOMAIN = 'ALTER DOMAIN "public"."d"';

test.each([
  [
    "int default 5 not null check (value > 0)",
    "int default 6 not null check (value > 1)",
    [`${DOMAIN} DROP CONSTRAINT "d_check"`, `${DOMAIN} SET DEFAULT 6`],
    [`${DOMAIN} ADD CONSTRAINT "d_check" CHECK ((VALUE > 1))`],
  ],
  ["int not null", "int default 1", [`${DOMAIN} SET DEFAULT 1`, `${DOMAIN} DROP NOT NULL`], []],
  ["int default 1", "int not null", [`${DOMAIN} DROP DEFAULT`], [`${DOMAIN} SET NOT NULL`]],
])("a domain %s becomes %s: only a stricter domain may fail", async (from, to, plain, stricter) => {
  const steps = await stepsBetween(`create domain d as ${from}`, `create domain d as ${to}`);
  expect(texts(steps.filter(({ mayFail }) => mayFail === undefined))).toEqual(plain);
  expect(texts(steps.filter(({ mayFail }) => mayFail !== undefined))).toEqual(stricter);
});

test("a domain that another domain is based on is altered, not recreated", async () => {
  const steps = await stepsBetween(
    "create domain d as int; create domain e as d",
    "create domain d as int check (value > 0); create domain e as d",
  );
  expect(texts(steps)).toEqual([`${DOMAIN} ADD CONSTRAINT "d_check" CHECK ((VALUE > 0))`]);
});

test("a sequence survives the column that owned it, and gets its new owner", async () => {
  const steps = await stepsBetween(
    "create sequence s; create table t (a int, b int); alter sequence s owned by t.a",
    "create sequence s; create table t (b int); alter sequence s owned by t.b",
  );
  expect(texts(steps)).toEqual([
    'ALTER SEQUENCE "public"."s" OWNED BY NONE',
    'ALTER TABLE "public"."t" DROP COLUMN "a"',
    'ALTER SEQUENCE "public"."s" OWNED BY "public"."t"."b"',
  ]);
});

test("a sequence belongs again to the column that owned it, after that was replaced", async () => {
  const sequence = "create sequence s; alter sequence s owned by t.a";
  const steps = await stepsBetween(
    `create table t (b int, a int); ${sequence}`,
    `create table t (b int, a int generated always as (b) stored); ${sequence}`,
  );
  expect(texts(steps)).toEqual([
    'ALTER SEQUENCE "public"."s" OWNED BY NONE',
    'ALTER TABLE "public"."t" DROP COLUMN "a"',
    'ALTER TABLE "public"."t" ADD COLUMN "a" integer GENERATED ALWAYS AS (b) STORED',
    'ALTER SEQUENCE "public"."s" OWNED BY "public"."t"."a"',
  ]);
});

test("a new sequence that is the default of several columns continues after all their values", async () => {
  const table = (type: string): string =>
    `create table a (id int ${type}, n int ${type}); create table "B" (id bigint ${type});`;
  const sequence = `create schema if not exists public; create sequence "Odd's" start 3;`;
  const rows = `insert into a values (1, 4), (2, 9), (null, -7); insert into "B" values (5);`;
  const steps = await stepsBetween(
    table("") + rows,
    sequence + table(`default nextval('"Odd''s"'::regclass)`),
  );
  expect(texts(steps).filter(text => text.includes("setval"))).toEqual([
    `SELECT setval('"public"."Odd''s"', max("id")) FROM "public"."B" WHERE "id" BETWEEN 3 AND 9223372036854775807 HAVING max("id") >= (SELECT last_value FROM "public"."Odd's")`,
    `SELECT setval('"public"."Odd''s"', max("id")) FROM "public"."a" WHERE "id" BETWEEN 3 AND 9223372036854775807 HAVING max("id") >= (SELECT last_value FROM "public"."Odd's")`,
    `SELECT setval('"public"."Odd''s"', max("n")) FROM "public"."a" WHERE "n" BETWEEN 3 AND 9223372036854775807 HAVING max("n") >= (SELECT last_value FROM "public"."Odd's")`,
  ]);
  expect(await values("insert into a default values returning id, n")).toEqual([[10, 11]]);
});

test.each(["numeric", "float8"])(
  "a new sequence of a %s column continues after the existing values",
  async type => {
    await stepsBetween(
      `create table a (id ${type}); insert into a values (1), (2), ('NaN')`,
      `create sequence s; create table a (id ${type} default nextval('s'))`,
    );
    expect(await values("insert into a default values returning id::int")).toEqual([[3]]);
  },
);

test("a new sequence of a domain over integers continues after the existing values", async () => {
  await stepsBetween(
    "create domain d as int; create table a (id d); insert into a values (1), (2)",
    "create domain d as int; create sequence s; create table a (id d default nextval('s'))",
  );
  expect(await values("insert into a default values returning id")).toEqual([[3]]);
});

test("a new sequence in the default of a text column begins at its start value", async () => {
  const steps = await stepsBetween(
    "create table a (id text); insert into a values ('9'), ('x')",
    "create sequence s; create table a (id text default nextval('s'))",
  );
  expect(texts(steps).filter(text => text.includes("setval"))).toEqual([]);
  expect(await values("insert into a default values returning id")).toEqual([["1"]]);
});

test("a new sequence of one column that does not own it continues after the existing values", async () => {
  const steps = await stepsBetween(
    "create table a (id int primary key); insert into a values (1), (2)",
    "create sequence s; create table a (id int primary key default nextval('s'))",
  );
  expect(texts(steps)).toContain(
    `SELECT setval('"public"."s"', max("id")) FROM "public"."a" WHERE "id" BETWEEN 1 AND 9223372036854775807`,
  );
  expect(await values("insert into a default values returning id")).toEqual([[3]]);
});

test("the new sequence of a column continues after its values, not those of other columns", async () => {
  const steps = await stepsBetween(
    "create table a (id int not null, n int); insert into a values (2, 50)",
    "create table a (id serial, n int)",
  );
  expect(texts(steps).filter(text => text.includes("setval"))).toEqual([
    `SELECT setval('"public"."a_id_seq"', max("id")) FROM "public"."a" WHERE "id" BETWEEN 1 AND 2147483647`,
  ]);
  expect(await values("insert into a default values returning id")).toEqual([[3]]);
});

test("a sequence that only its own column uses goes with the column", async () => {
  const steps = await stepsBetween("create table t (id serial, v int)", "create table t (v int)");
  expect(texts(steps)).toEqual(['ALTER TABLE "public"."t" DROP COLUMN "id"']);
});

test("a sequence that a column of a different table uses outlives its own column until that default is dropped", async () => {
  const steps = await stepsBetween(
    "create table t (id serial, v int); create table u (n int default nextval('t_id_seq'))",
    "create table t (v int); create table u (n int)",
  );
  expect(texts(steps)).toEqual([
    'ALTER SEQUENCE "public"."t_id_seq" OWNED BY NONE',
    'ALTER TABLE "public"."t" DROP COLUMN "id"',
    'ALTER TABLE "public"."u" ALTER COLUMN "n" DROP DEFAULT',
    'DROP SEQUENCE "public"."t_id_seq"',
  ]);
});

test("a moved identity column gives the name of its sequence to a serial column", async () => {
  const steps = await stepsBetween(
    "create table t (id int generated always as identity, v int); insert into t (v) values (5), (6)",
    "create table t (v int, id serial)",
    { columnOrder: true },
  );
  expect(texts(steps).slice(0, 2)).toEqual([
    'ALTER TABLE "public"."t" ALTER COLUMN "id" DROP IDENTITY',
    'CREATE SEQUENCE "public"."t_id_seq" AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE',
  ]);
  expect(await values("insert into t (v) values (7) returning v, id")).toEqual([[7, 3]]);
});
