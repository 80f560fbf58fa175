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

const EMPTY = `drop schema if exists public, aux cascade; create schema public;
  drop extension if exists pg_trgm, btree_gist, earthdistance, cube, hstore, citext, pg_stat_statements cascade;`;

beforeEach(async () => {
  for (const { sql } of databases) await sql.unsafe(EMPTY);
});

/** Creates objects, and the same in an empty database from the text that `schemaSql` returns. */
async function replay(text: string): Promise<SchemaSnapshot> {
  const [a, b] = databases;
  await a.sql.unsafe(text);
  const schema = await loadSchema(a.sql);
  await b.sql.unsafe(schemaSql(schema));
  const copy = await loadSchema(b.sql);
  expect(schemaDiff(schema, copy)).toEqual([]);
  expect(fingerprint(copy)).toBe(fingerprint(schema));
  expect(migrationSql(schema, copy)).toEqual([]);
  return schema;
}

test.each([
  "create extension pg_trgm; create table t(a text); create index on t using gin (a gin_trgm_ops)",
  `create extension btree_gist;
   create table t(room int, d tstzrange, exclude using gist (room with =, d with &&))`,
  "create extension earthdistance cascade; create table t(a int check (earth_distance(null, null) is null or a > 0))",
  "create schema aux; create extension hstore with schema aux; create table t(a aux.hstore default 'a=>1')",
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

test("extensions are created first, the required ones before the others", async () => {
  const schema = await replay("create extension earthdistance cascade");
  expect(schemaSql(schema)).toStartWith(
    `CREATE EXTENSION IF NOT EXISTS "cube" WITH SCHEMA "public" CASCADE;

CREATE EXTENSION IF NOT EXISTS "earthdistance" WITH SCHEMA "public" CASCADE;
`,
  );
});

test("the relations of an extension are read and marked, and are in no proposal and no fingerprint", async () => {
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

test("a table of an extension has rows, and foreign keys refer to it", async () => {
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

test("the table of applied migrations is no part of a snapshot", async () => {
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
