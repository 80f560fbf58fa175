import { expect, test } from "bun:test";
import { migrate, migrationSql, schemaSql, stepsText } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import { stepPair, texts } from "../support/step-pair.ts";

const pair = stepPair();
const { stepsBetween, values } = pair;

test("equal snapshots need no step", async () => {
  expect(
    await stepsBetween("create table t (id int primary key)", "create table t (id int primary key)"),
  ).toEqual([]);
});

test("new objects are created in dependency order", async () => {
  const steps = await stepsBetween(
    "",
    `create type mood as enum ('sad', 'ok'); create domain score as int check (value > 0);
     create table b (id int primary key);
     create table a (id int generated always as identity primary key, b_id int references b, m mood default 'ok', s score);
     create index on a (b_id); create view v as select id, m from a; comment on table a is 'first';`,
  );
  expect(texts(steps).map(text => text.replaceAll(/\s+/g, " "))).toEqual([
    `CREATE TYPE "public"."mood" AS ENUM ('sad', 'ok')`,
    'CREATE DOMAIN "public"."score" AS integer CONSTRAINT "score_check" CHECK ((VALUE > 0))',
    `CREATE TABLE "public"."a" ( "id" integer GENERATED ALWAYS AS IDENTITY NOT NULL, "b_id" integer, "m" public.mood DEFAULT 'ok'::public.mood, "s" public.score, CONSTRAINT "a_pkey" PRIMARY KEY ("id") )`,
    'CREATE TABLE "public"."b" ( "id" integer NOT NULL, CONSTRAINT "b_pkey" PRIMARY KEY ("id") )',
    'CREATE INDEX "a_b_id_idx" ON "public"."a" ("b_id")',
    'ALTER TABLE "public"."a" ADD CONSTRAINT "a_b_id_fkey" FOREIGN KEY ("b_id") REFERENCES "public"."b" ("id")',
    expect.stringMatching(/^CREATE VIEW "public"."v" AS SELECT /),
    `COMMENT ON TABLE "public"."a" IS 'first'`,
  ]);
});

test("a destructive step names the loss", async () => {
  const steps = await stepsBetween(
    "create table t (id int, name text, n numeric(8,2), long varchar(9), wide varchar(9)); create table gone ()",
    "create table t (id int, n numeric(8,1), long varchar(5), wide varchar(20))",
  );
  expect(steps).toEqual([
    { text: 'DROP TABLE "public"."gone"', destructive: "drops table public.gone with its rows" },
    {
      text: 'ALTER TABLE "public"."t" DROP COLUMN "name"',
      destructive: "drops column public.t.name with its values",
    },
    {
      text: 'ALTER TABLE "public"."t" ALTER COLUMN "n" TYPE numeric(8,1)',
      destructive: "public.t.n: values of type numeric(8,2) may not fit the new type numeric(8,1)",
    },
    {
      text: 'ALTER TABLE "public"."t" ALTER COLUMN "long" TYPE character varying(5)',
      destructive:
        "public.t.long: values of type character varying(9) may not fit the new type character varying(5)",
    },
    { text: 'ALTER TABLE "public"."t" ALTER COLUMN "wide" TYPE character varying(20)' },
  ]);
});

test("a retyped column keeps its values; its check, index and view are recreated", async () => {
  const steps = await stepsBetween(
    `create table t (id int primary key, n text default '7' constraint digits check (n <> 'x'));
     create index t_n on t (n) where n > '1'; create view v as select n from t;
     insert into t values (1, '41'), (2, null)`,
    `create table t (id int primary key, n int default 7 constraint digits check (n > 0));
     create index t_n on t (n) where n > 1; create view v as select n from t`,
  );
  expect(texts(steps).slice(0, -1)).toEqual([
    'ALTER TABLE "public"."t" ALTER COLUMN "n" DROP DEFAULT',
    'DROP VIEW "public"."v"',
    'DROP INDEX "public"."t_n"',
    'ALTER TABLE "public"."t" DROP CONSTRAINT "digits"',
    'ALTER TABLE "public"."t" ALTER COLUMN "n" TYPE integer USING "n"::int4',
    'ALTER TABLE "public"."t" ALTER COLUMN "n" SET DEFAULT 7',
    'ALTER TABLE "public"."t" ADD CONSTRAINT "digits" CHECK ((n > 0))',
    'CREATE INDEX "t_n" ON "public"."t" ("n") WHERE (n > 1)',
  ]);
  expect(await values("select id, n from t order by id")).toEqual([
    [1, 41],
    [2, null],
  ]);
});

test("a view that mentions a dropped column only in a string is unchanged", async () => {
  const view = "create view v as select id, 'note: none' as label from t";
  const steps = await stepsBetween(
    `create table t (id int, note text); ${view}`,
    `create table t (id int); ${view}`,
  );
  expect(texts(steps)).toEqual(['ALTER TABLE "public"."t" DROP COLUMN "note"']);
});

test("a string that is too long for the new type is rejected, not truncated", async () => {
  await pair.before.sql.unsafe("create table t (v text); insert into t values ('longer')");
  await pair.after.sql.unsafe("create table t (v varchar(3))");
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  const [step] = migrationSql(old, now);
  expect(step!.text).toBe(
    'ALTER TABLE "public"."t" ALTER COLUMN "v" TYPE character varying(3) USING "v"::varchar',
  );
  await expect(pair.before.sql.unsafe(step!.text)).rejects.toThrow("value too long");
});

test("new enum labels are committed before they are used", async () => {
  const steps = await stepsBetween(
    "create type mood as enum ('sad', 'glad'); create table t (m mood default 'sad')",
    "create type mood as enum ('awful', 'sad', 'ok', 'glad'); create table t (m mood default 'ok')",
  );
  expect(steps).toEqual([
    { text: `ALTER TYPE "public"."mood" ADD VALUE 'awful' BEFORE 'sad'`, transaction: false },
    { text: `ALTER TYPE "public"."mood" ADD VALUE 'ok' AFTER 'sad'`, transaction: false },
    { text: `ALTER TABLE "public"."t" ALTER COLUMN "m" SET DEFAULT 'ok'::public.mood` },
  ]);
});

test("a removed label replaces the enum, and columns are converted with their values", async () => {
  const steps = await stepsBetween(
    "create type mood as enum ('sad', 'ok'); create table t (m mood not null default 'ok', ms mood[]); insert into t values ('ok', '{ok,null}')",
    "create type mood as enum ('ok', 'glad'); create table t (m mood not null default 'ok', ms mood[])",
  );
  expect(texts(steps)).toEqual([
    'ALTER TABLE "public"."t" ALTER COLUMN "m" DROP DEFAULT',
    'ALTER TYPE "public"."mood" RENAME TO "mood_old"',
    `CREATE TYPE "public"."mood" AS ENUM ('ok', 'glad')`,
    'ALTER TABLE "public"."t" ALTER COLUMN "m" TYPE public.mood USING "m"::text::public.mood',
    'ALTER TABLE "public"."t" ALTER COLUMN "ms" TYPE public.mood[] USING "ms"::text::public.mood[]',
    `ALTER TABLE "public"."t" ALTER COLUMN "m" SET DEFAULT 'ok'::public.mood`,
    'DROP TYPE "public"."mood_old"',
  ]);
  expect(steps[3]!.destructive).toBe(
    "public.t.m: values of type public.mood may not fit the new type public.mood",
  );
  expect(await values("select m::text, ms::text from t")).toEqual([["ok", "{ok,NULL}"]]);
});

test("columnOrder moves columns with their values, keys and identity; without it new columns are added at the end", async () => {
  const from =
    "create table t (a int primary key, b int generated always as identity, c text); insert into t values (5, default, 'x')";
  const to = "create table t (a int primary key, new int, b int generated always as identity, c text)";
  await stepsBetween(from, to);
  expect(await values("select * from t")).toEqual([[5, 1, "x", null]]);
  await pair.before.sql.unsafe("drop table t");
  await pair.after.sql.unsafe("drop table t");
  await stepsBetween(from, to, { columnOrder: true });
  await pair.before.sql.unsafe("insert into t (a) values (6)");
  expect(await values("select * from t order by a")).toEqual([
    [5, null, 1, "x"],
    [6, null, 2, null],
  ]);
});

test("columnOrder moves a column that a trigger uses and preserves the trigger", async () => {
  const tables = (columns: string): string => `
    create function stamp() returns trigger language plpgsql as $$ begin return new; end $$; create table t (${columns});
    create trigger stamp before update of n on t for each row when (new.n is not null) execute function stamp();`;
  await stepsBetween(
    `${tables("id int, n int")} insert into t values (1, 2)`,
    tables("id int, x int, n bigint"),
    {
      columnOrder: true,
    },
  );
  expect(await values("select * from t")).toEqual([[1, null, "2"]]);
  expect((await loadSchema(pair.before.sql)).relations[0]!.userTriggers).toMatchObject([
    { name: "stamp", columns: ["n"] },
  ]);
});

test("columnOrder moves a column with NOT NULL of its domain, and runs no trigger", async () => {
  const tables = (columns: string): string => `create domain whole as int not null;
    create function touch() returns trigger language plpgsql as $$ begin new.at = 'now'; return new; end $$;
    create table t (${columns}); create trigger touch before update on t for each row execute function touch();`;
  await stepsBetween(
    `${tables("id int, n whole, at text")} insert into t values (1, 2, 'then')`,
    tables("id int, x int, n whole, at text"),
    { columnOrder: true },
  );
  expect(await values("select * from t")).toEqual([[1, null, 2, "then"]]);
});

test("a column that becomes an identity column continues after its maximum", async () => {
  await stepsBetween(
    "create table t (id int not null, v text); insert into t values (41, 'a')",
    "create table t (id int generated always as identity, v text)",
  );
  await pair.before.sql.unsafe("insert into t (v) values ('b')");
  expect(await values("select id from t order by id")).toEqual([[41], [42]]);
});

test("partitions are detached for a change and attached again with their rows", async () => {
  const tables = (type: string): string => `
    create table log (id ${type} not null, k int not null, primary key (id, k)) partition by list (k);
    create table log_1 partition of log for values in (1); create table log_2 partition of log for values in (2);
    create index log_k on log (k);`;
  await stepsBetween(`${tables("int")} insert into log values (1, 1), (2, 2)`, tables("text"));
  expect(await values("select id, tableoid::regclass::text from log order by id")).toEqual([
    ["1", "log_1"],
    ["2", "log_2"],
  ]);
});

test("a difference that snapshots do not describe is a manual step", async () => {
  await pair.before.sql.unsafe("create table t (id int)");
  await pair.after.sql.unsafe(`create table t (id int);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before insert on t for each row execute function f();`);
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  expect(migrationSql(old, now)).toEqual([
    {
      text: "-- manual: create function public.f(); loadSchema(sql, { functions: true }) reads its definition, as --functions of the command does",
      manual: true,
    },
    {
      text: "-- manual: create trigger g of public.t, after its function public.f(): CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f()",
      manual: true,
    },
  ]);
});

test("the text of the steps is a migration, with a comment before each destructive statement", async () => {
  await pair.before.sql.unsafe("create table t (id int, v text)");
  const old = await loadSchema(pair.before.sql);
  await pair.after.sql.unsafe("create table t (id int)");
  const now: SchemaSnapshot = await loadSchema(pair.after.sql);
  const text = stepsText(migrationSql(old, now));
  expect(text).toBe(
    '-- destructive: drops column public.t.v with its values\nALTER TABLE "public"."t" DROP COLUMN "v";\n',
  );
  await migrate(pair.before.sql, [{ name: "1", up: text }], { schema: "public" });
  await pair.before.sql.unsafe("drop table rowfn_migration");
  expect(schemaDiff(await loadSchema(pair.before.sql), now)).toEqual([]);
});

test("schemaSql creates extensions, schemas, sequences and materialized views", async () => {
  await pair.before.sql.unsafe(`create schema audit; create sequence audit.s increment 5;
    create table audit.t (id serial primary key, v text collate "C"); create unlogged table u (r int4range, exclude using gist (r with &&));
    create materialized view m as select count(*) as n from audit.t; create unique index on m (n);
    create type span as range (subtype = numeric); create table x (s span, ss nummultirange);`);
  const schema = await loadSchema(pair.before.sql);
  await pair.after.sql.unsafe(schemaSql(schema));
  expect(schemaDiff(schema, await loadSchema(pair.after.sql))).toEqual([]);
});
