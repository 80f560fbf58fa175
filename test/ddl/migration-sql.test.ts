import { afterEach, beforeEach, expect, test } from "bun:test";
import { type MigrationStep, migrate, migrationSql, schemaSql, stepsText } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let before: TestDatabase;
let after: TestDatabase;

beforeEach(async () => {
  [before, after] = await Promise.all([testDatabase(), testDatabase()]);
});
afterEach(() => Promise.all([before.drop(), after.drop()]));

/** The steps from one schema to another; runs them on the first, which must become equal to the second. */
async function stepsBetween(
  from: string,
  to: string,
  options: Parameters<typeof migrationSql>[2] = {},
): Promise<readonly MigrationStep[]> {
  await before.sql.unsafe(from);
  await after.sql.unsafe(to);
  const [old, now] = await Promise.all([loadSchema(before.sql), loadSchema(after.sql)]);
  const steps = migrationSql(old, now, { partitions: true, ...options });
  for (const { text } of steps) await before.sql.unsafe(text);
  expect(
    schemaDiff(await loadSchema(before.sql), now, { partitions: true }).filter(
      line => !line.includes(": column order "),
    ),
  ).toEqual([]);
  return steps;
}

function texts(steps: readonly MigrationStep[]): readonly string[] {
  return steps.map(({ text }) => text);
}

async function values(text: string): Promise<unknown> {
  return [...(await before.sql.unsafe(text).values())];
}

test("equal schemas need no step", async () => {
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
    'DROP VIEW "public"."v"',
    'DROP INDEX "public"."t_n"',
    'ALTER TABLE "public"."t" DROP CONSTRAINT "digits"',
    'ALTER TABLE "public"."t" ALTER COLUMN "n" DROP DEFAULT',
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

test("a view with a dropped column's name only in a string is unchanged", async () => {
  const view = "create view v as select id, 'note: none' as label from t";
  const steps = await stepsBetween(
    `create table t (id int, note text); ${view}`,
    `create table t (id int); ${view}`,
  );
  expect(texts(steps)).toEqual(['ALTER TABLE "public"."t" DROP COLUMN "note"']);
});

test("text that is too long for the new type is rejected, not truncated", async () => {
  await before.sql.unsafe("create table t (v text); insert into t values ('longer')");
  await after.sql.unsafe("create table t (v varchar(3))");
  const [old, now] = await Promise.all([loadSchema(before.sql), loadSchema(after.sql)]);
  const [step] = migrationSql(old, now);
  expect(step!.text).toBe(
    'ALTER TABLE "public"."t" ALTER COLUMN "v" TYPE character varying(3) USING "v"::varchar',
  );
  await expect(before.sql.unsafe(step!.text)).rejects.toThrow("value too long");
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

test("a dropped label replaces the enum, and columns are converted with their values", async () => {
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
  await before.sql.unsafe("drop table t");
  await after.sql.unsafe("drop table t");
  await stepsBetween(from, to, { columnOrder: true });
  await before.sql.unsafe("insert into t (a) values (6)");
  expect(await values("select * from t order by a")).toEqual([
    [5, null, 1, "x"],
    [6, null, 2, null],
  ]);
});

test("columnOrder moves the column of a trigger, and the trigger is the same", async () => {
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
  expect((await loadSchema(before.sql)).relations[0]!.userTriggers).toMatchObject([
    { name: "stamp", columns: ["n"] },
  ]);
});

test("a column that becomes an identity column continues after its maximum", async () => {
  await stepsBetween(
    "create table t (id int not null, v text); insert into t values (41, 'a')",
    "create table t (id int generated always as identity, v text)",
  );
  await before.sql.unsafe("insert into t (v) values ('b')");
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
  await before.sql.unsafe("create table t (id int)");
  await after.sql.unsafe(`create table t (id int); create policy p on t using (true);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before insert on t for each row execute function f();`);
  const [old, now] = await Promise.all([loadSchema(before.sql), loadSchema(after.sql)]);
  expect(migrationSql(old, now)).toEqual([
    {
      text: "-- manual: create function public.f(); loadSchema(sql, { functions: true }) reads its definition",
      manual: true,
    },
    { text: "-- manual: change the row security policies of public.t", manual: true },
    {
      text: "-- manual: create trigger g of public.t, after its function public.f(): CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f()",
      manual: true,
    },
  ]);
});

test("foreign tables, rules and other locales of a collation are manual steps", async () => {
  await before.sql.unsafe(`create table t (id int); create collation sorted (locale = 'C');
    create foreign data wrapper w; create server s foreign data wrapper w; create foreign table far (id int) server s`);
  await after.sql.unsafe(`create table t (id int); create collation sorted (locale = 'POSIX');
    create rule twice as on insert to t do also nothing;
    create foreign data wrapper w; create server s foreign data wrapper w; create foreign table far (id bigint) server s;
    create foreign table farther (id int) server s`);
  const [old, now] = await Promise.all([loadSchema(before.sql), loadSchema(after.sql)]);
  const manual = (from: SchemaSnapshot, to: SchemaSnapshot): readonly string[] =>
    texts(migrationSql(from, to).filter(step => step.manual === true));
  expect(manual(old, now)).toEqual([
    "-- manual: change foreign table public.far",
    "-- manual: change the rules of public.t",
    "-- manual: create foreign table public.farther",
    "-- manual: create collation public.sorted anew, which no ALTER changes",
  ]);
  expect(manual(now, now)).toEqual([]);
  expect(texts(migrationSql(now, old))).toContain('DROP FOREIGN TABLE "public"."farther"');
});

test("a foreign key is recreated when a table becomes logged, not when only a check of the other one is dropped", async () => {
  const tables = (kind: string, check: string): string =>
    `create ${kind} table a (id int primary key ${check}); create ${kind} table b (a_id int references a)`;
  const logged = await stepsBetween(tables("unlogged", "check (id > 0)"), tables("", "check (id > 0)"));
  expect(texts(logged).filter(text => text.includes("b_a_id_fkey"))).toHaveLength(2);
  for (const { sql } of [before, after]) await sql.unsafe("drop schema public cascade; create schema public");
  const unchecked = await stepsBetween(tables("", "check (id > 0)"), tables("", ""));
  expect(texts(unchecked)).toEqual(['ALTER TABLE "public"."a" DROP CONSTRAINT "a_id_check"']);
});

test("a foreign key stays where another key of the referenced table is dropped", async () => {
  const tables = (
    ...keys: string[]
  ): string => `create table a (x int, y int, z int, unique (x, y)${keys.join("")});
    create table b (x int, y int, foreign key (x, y) references a (x, y)); insert into a values (1, 2, 3); insert into b values (1, 2)`;
  const steps = await stepsBetween(
    tables(
      ", primary key (z)",
      ", constraint k1 unique (y, z)",
      ", constraint k2 unique (x, y, z)",
      ", constraint k3 unique (x)",
    ),
    tables(),
  );
  expect(texts(steps).filter(text => /"b"/.test(text))).toEqual([]);
  expect(texts(steps)).toContain('ALTER TABLE "public"."a" DROP CONSTRAINT "k1"');
  expect(await values("select * from b")).toEqual([[1, 2]]);
});

test("the owner of a sequence, of a table of the same name in another schema too", async () => {
  const table = (schema: string, type: string): string => `create table ${schema}.t (id ${type})`;
  await stepsBetween(
    `create schema other; ${table("public", "serial")}; ${table("other", "serial")}`,
    `create schema other; ${table("public", "serial")}; ${table("other", "int")}`,
  );
  expect(await values("select schemaname::text || '.' || sequencename::text from pg_sequences")).toEqual([
    ["public.t_id_seq"],
  ]);
});

test("what uses a function whose result changes is a manual step", async () => {
  const text = (result: string): string =>
    `create function f(int) returns ${result} immutable language sql return 1;
     create table t (id int check (f(id) > 0))`;
  await before.sql.unsafe(text("int"));
  await after.sql.unsafe(text("bigint"));
  const read = ({ sql }: TestDatabase) => loadSchema(sql, { functions: true });
  const steps = migrationSql(await read(before), await read(after));
  expect(texts(steps)).toContain(
    "-- manual: drop what uses function public.f(integer) of public.t, and create it after this migration",
  );
});

test("the text of the steps is a migration, with a comment before each destructive statement", async () => {
  await before.sql.unsafe("create table t (id int, v text)");
  const old = await loadSchema(before.sql);
  await after.sql.unsafe("create table t (id int)");
  const now: SchemaSnapshot = await loadSchema(after.sql);
  const text = stepsText(migrationSql(old, now));
  expect(text).toBe(
    '-- destructive: drops column public.t.v with its values\nALTER TABLE "public"."t" DROP COLUMN "v";\n',
  );
  await migrate(before.sql, [{ name: "1", up: text }], { schema: "public" });
  await before.sql.unsafe("drop table rowfn_migration");
  expect(schemaDiff(await loadSchema(before.sql), now)).toEqual([]);
});

test("schemaSql creates extensions, schemas, sequences and materialized views", async () => {
  await before.sql.unsafe(`create schema audit; create sequence audit.s increment 5;
    create table audit.t (id serial primary key, v text collate "C"); create unlogged table u (r int4range, exclude using gist (r with &&));
    create materialized view m as select count(*) as n from audit.t; create unique index on m (n);
    create type span as range (subtype = numeric); create table x (s span, ss nummultirange);`);
  const schema = await loadSchema(before.sql);
  await after.sql.unsafe(schemaSql(schema));
  expect(schemaDiff(schema, await loadSchema(after.sql))).toEqual([]);
});
