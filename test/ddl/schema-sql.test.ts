import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type MigrationStep, migrationSql, schemaSql, stepsText } from "../../src/ddl/index.ts";
import {
  fingerprint,
  foreignKeys,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  schemaDiff,
  tableNames,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let databases: readonly [TestDatabase, TestDatabase];

beforeAll(async () => {
  databases = await Promise.all([testDatabase(), testDatabase()]);
});
afterAll(() => Promise.all(databases.map(database => database.drop())));

const EMPTY = `drop schema if exists public, aux, app, extensions cascade; create schema public;
  drop extension if exists pg_trgm, btree_gist, earthdistance, cube, hstore, citext, pg_stat_statements cascade;`;

beforeEach(async () => {
  for (const { sql } of databases) await sql.unsafe(EMPTY);
});

/** Creates objects in one database, and in an empty one from the text that `schemaSql` returns. */
async function replay(text: string): Promise<SchemaSnapshot> {
  const [a, b] = databases;
  await a.sql.unsafe(text);
  const schema = await loadSchema(a.sql);
  await b.sql.unsafe(schemaSql(schema));
  const copy = await loadSchema(b.sql);
  expect(schemaDiff(schema, copy, { partitions: true })).toEqual([]);
  expect(fingerprint(copy)).toBe(fingerprint(schema));
  expect(migrationSql(schema, copy, { partitions: true })).toEqual([]);
  return schema;
}

test.each([
  "create extension pg_trgm; create table t(a text); create index on t using gin (a gin_trgm_ops)",
  `create extension btree_gist;
   create table t(room int, d tstzrange, exclude using gist (room with =, d with &&))`,
  "create extension earthdistance cascade; create table t(a int check (earth_distance(null, null) is null or a > 0))",
  "create schema aux; create extension hstore with schema aux; create table t(a aux.hstore default 'a=>1')",
  "create extension citext with schema pg_catalog; create table t(a citext)",
  "create view v as select table_name, is_insertable_into from information_schema.tables",
  "create table m(id int primary key); create table s(d date, m int references m) partition by range(d); create table s1 partition of s default",
  "create table p(id int); create type c as (a p); create table q(c c, p p)",
  "create table p(id int); create type c as (a p[]); create domain d as c; create table a(d d)",
  "create domain d as int; alter domain d add constraint ck check (value > 0) not valid; create table t(d d)",
  "create collation german (provider = icu, locale = 'de-DE'); create table t(a text collate german)",
  `create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
   comment on collation any_case is 'A = a'; create domain name as text collate any_case`,
])("schemaSql creates in an empty database: %s", async text => {
  await replay(text);
});

const TEMPORAL = `
  create table te(id int, v daterange, primary key (id, v without overlaps), unique (v, id));
  create table tf(tid int, v daterange, foreign key (tid, period v) references te (id, period v));
  create table later(a int, n int generated always as (a + 1) virtual, constraint ck check (a > 0) not enforced);
  alter table later add constraint there not null a not valid;`;
const PLAIN = "create table te(id int, v daterange, exclude using gist (id with =, v with &&));";

test("schemaSql creates temporal keys, virtual columns and constraints that are not enforced, of PostgreSQL 18", async () => {
  const { serverVersionNum } = await loadSchema(databases[0].sql);
  const isLatest = serverVersionNum >= 180_000;
  const { relations } = await replay(`create extension btree_gist; ${isLatest ? TEMPORAL : PLAIN}`);
  expect(relations.flatMap(({ foreignKeys: keys }) => keys.map(({ period }) => period))).toEqual(
    isLatest ? [true] : [],
  );
});

test("extensions are created first, in the order of their requirements", async () => {
  const schema = await replay("create extension earthdistance cascade");
  expect(schemaSql(schema)).toStartWith(
    `CREATE EXTENSION IF NOT EXISTS "cube" WITH SCHEMA "public" CASCADE;

CREATE EXTENSION IF NOT EXISTS "earthdistance" WITH SCHEMA "public" CASCADE;
`,
  );
});

test("a snapshot of one schema creates the other schemas of its extensions", async () => {
  const [{ sql }, { sql: empty }] = databases;
  await sql.unsafe(`create schema app; create schema extensions; create extension citext schema extensions;
    create table app.person (name extensions.citext)`);
  const schema = await loadSchema(sql, { schemas: ["app"] });
  expect(schemaSql(schema)).toStartWith(`CREATE SCHEMA "app";

CREATE SCHEMA IF NOT EXISTS "extensions";

CREATE EXTENSION IF NOT EXISTS "citext" WITH SCHEMA "extensions" CASCADE;
`);
  await empty.unsafe(schemaSql(schema));
  expect(schemaDiff(await loadSchema(empty, { schemas: ["app"] }), schema)).toEqual([]);
});

test("the relations of an extension are read and marked, but excluded from proposals and fingerprints", async () => {
  const [{ sql }] = databases;
  const before = await loadSchema(sql);
  await sql.unsafe("create extension pg_stat_statements");
  const schema = await loadSchema(sql);
  expect(schema.relations.map(({ name, extension }) => [name, extension])).toContainEqual([
    "pg_stat_statements",
    "pg_stat_statements",
  ]);
  expect(stepsText(migrationSql(before, schema))).toBe(
    'CREATE EXTENSION IF NOT EXISTS "pg_stat_statements" WITH SCHEMA "public" CASCADE;\n',
  );
  expect(schemaDiff(before, schema)).toEqual(["extension pg_stat_statements: added"]);
});

test("a table of an extension can have rows, and foreign keys can refer to it", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(`
    create extension citext;
    create table system(id int primary key, name text); insert into system values (1, 'WGS 84');
    alter extension citext add table system;
    create table site(id int primary key, system_id int references system); insert into site values (7, 1);`);
  const schema = await loadSchema(sql);
  expect(await rowsWhere(sql, schema, "system")).toEqual([{ id: 1, name: "WGS 84" }]);
  expect(await rowsWhere(sql, schema, "site", { include: { system: true } } as never)).toEqual([
    { id: 7, system_id: 1, system: { id: 1, name: "WGS 84" } },
  ]);
  expect(foreignKeys(schema, "site")[0]!.references.name).toBe("system");
  expect(schemaSql(schema)).not.toContain('TABLE "public"."system" (');
});

test("the table of applied migrations is excluded from a snapshot", async () => {
  const [{ sql }] = databases;
  const before = await loadSchema(sql);
  await sql.unsafe(
    "create table rowfn_migration(position int generated always as identity primary key, name text)",
  );
  const schema = await loadSchema(sql);
  expect(tableNames(schema)).toEqual([]);
  expect(migrationSql(schema, before)).toEqual([] as MigrationStep[]);
  expect(fingerprint(schema)).toBe(fingerprint(before));
});

const FUNCTIONS = `
  create type pair as (a int, b int);
  create function half(n int) returns int language sql immutable return n / 2;
  create function quarter(n int) returns int language sql immutable return half(half(n));
  create domain even as int check (half(value) * 2 = value);
  create table t(
    id int primary key, n int default quarter(8) check (quarter(n) >= 0), e even,
    g int generated always as (half(n)) stored, at text);
  create index on t (quarter(n)) where half(n) > 1;
  create function total() returns bigint language sql begin atomic select sum(n) from t; end;
  create function of_row(t) returns text language sql as 'select $1.at';
  create view v as select id, of_row(t) as text, total() as total from t;
  create function of_view() returns setof v language sql begin atomic select * from v; end;
  create view w as select * from of_view();
  create function stamp() returns trigger language plpgsql as $$ begin new.at := helper(); return new; end $$;
  create function helper() returns text language sql as $$ select 'now; commit;' $$;
  create procedure clean() language sql as 'delete from t';
  create trigger stamp before insert or update of at on t for each row when (new.at is null) execute function stamp();
  create trigger off after delete on t execute function stamp();
  alter table t disable trigger off;
  create trigger through instead of insert on v for each row execute function stamp();`;

test("columns, domains and types with a view's row type are created after the view", async () => {
  await replay(`create table a (id int primary key, n int); create view sums as select id, sum(n) from a group by id;
    create view more as select id from sums; create domain of_more as more; create type pair as (x of_more, y sums[]);
    create table b (id int, p pair, m of_more); create view last as select p from b`);
});

test("with functions: true schemaSql creates functions and triggers in the order of their dependencies", async () => {
  const [a, b] = databases;
  await a.sql.unsafe(FUNCTIONS);
  const schema = await loadSchema(a.sql, { functions: true });
  const steps = migrationSql(await loadSchema(b.sql, { functions: true }), schema);
  expect(steps.filter(({ manual }) => manual === true)).toEqual([]);
  await b.sql.unsafe(schemaSql(schema));
  const copy = await loadSchema(b.sql, { functions: true });
  expect(schemaDiff(schema, copy)).toEqual([]);
  expect(fingerprint(copy)).toBe(fingerprint(schema));
  expect(await b.sql.unsafe("insert into t (id) values (1) returning n, g, at").values()).toEqual([
    [2, 1, "now; commit;"],
  ]);
  // And back again.
  for (const { text } of migrationSql(copy, await loadSchema((await empty()).sql, { functions: true })))
    await b.sql.unsafe(text);
  expect((await loadSchema(b.sql, { functions: true })).functions).toEqual([]);
});

test("expressions of functions and triggers are unchanged after they are created from their own text", async () => {
  const [a, b] = databases;
  const list = "(array['a'::varchar])::text[]";
  await a.sql.unsafe(`
    create function known(v varchar, other text[] default ${list}) returns bool language sql
      begin atomic select v in ('a', 'b') and v in ('c', 'd'); end;
    create function quoted() returns text[] language sql as $$ select ${list} $$;
    create function stamp() returns trigger language plpgsql as 'begin return new; end';
    create table t(v varchar(9));
    create trigger stamp before insert on t for each row when (new.v in ('a', 'b')) execute function stamp();`);
  const schema = await loadSchema(a.sql, { functions: true });
  await b.sql.unsafe(schemaSql(schema));
  const copy = await loadSchema(b.sql, { functions: true });
  expect(schemaDiff(schema, copy)).toEqual([]);
  expect(fingerprint(copy)).toBe(fingerprint(schema));
  expect(migrationSql(schema, copy)).toEqual([]);
  expect(copy.functions.find(({ name }) => name === "quoted")!.definition).toContain(`select ${list} `);
});

async function empty(): Promise<TestDatabase> {
  await databases[0].sql.unsafe(EMPTY);
  return databases[0];
}

test("without functions: true the steps begin with a list of objects to create manually", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(FUNCTIONS);
  const text = schemaSql(await loadSchema(sql));
  expect(text).toStartWith(
    "-- manual: create function public.half(integer), which public.even, public.t use; loadSchema(sql, { functions: true }) reads its definition, as --functions of the command does\n",
  );
  expect(text).toContain("-- manual: create trigger stamp of public.t, after its function public.stamp():");
});

test("a snapshot without definitions lists the functions that it uses", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(FUNCTIONS);
  const [named, whole] = [await loadSchema(sql), await loadSchema(sql, { functions: true })];
  expect(migrationSql(whole, named)).toEqual([]);
  const created = migrationSql(named, whole).map(
    ({ text }) => /(?:FUNCTION|PROCEDURE) [a-z_.]+/.exec(text)?.[0],
  );
  expect(created.filter(text => text !== undefined)).toEqual([
    "PROCEDURE public.clean",
    "FUNCTION public.helper",
  ]);
  expect(schemaDiff(named, whole)).toEqual(["functions: not read → read"]);
});

test("a column that a trigger uses changes its type, and the trigger is unchanged", async () => {
  const [a, b] = databases;
  const create = (type: string): string => `
    create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
    create table t(id int, n ${type});
    create trigger stamp before update of n on t for each row when (new.n is not null) execute function stamp();`;
  await a.sql.unsafe(`${create("int")} insert into t values (1, 2);`);
  await b.sql.unsafe(create("bigint"));
  const to = await loadSchema(b.sql);
  for (const { text } of migrationSql(await loadSchema(a.sql), to)) await a.sql.unsafe(text);
  expect(schemaDiff(await loadSchema(a.sql), to)).toEqual([]);
});
