import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { SQL } from "bun";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import {
  assertFresh,
  checks,
  fingerprint,
  insert,
  loadSchema,
  parseSchema,
  type SchemaSnapshot,
  schemaDiff,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { EMPTY_DATABASE_SQL } from "../support/empty-database.ts";
import { schemaEachSql } from "../support/schema-each.ts";

let databases: readonly [TestDatabase, TestDatabase];
let session: SQL;

beforeAll(async () => {
  databases = await Promise.all([testDatabase(), testDatabase()]);
  session = databases[0].connect({ max: 1 });
});
afterAll(() => Promise.all(databases.map(database => database.drop())));

beforeEach(async () => {
  for (const { sql } of databases) await sql.unsafe(EMPTY_DATABASE_SQL);
});

/** The snapshots of two databases with the given objects. */
async function snapshots(first: string, second: string): Promise<[SchemaSnapshot, SchemaSnapshot]> {
  const [a, b] = databases;
  await a.sql.unsafe(first);
  await b.sql.unsafe(second);
  return [await loadSchema(a.sql), await loadSchema(b.sql)];
}

/** The snapshot of a database, and that of the database that its `schemaSql` creates. */
async function replay(text: string): Promise<[SchemaSnapshot, SchemaSnapshot]> {
  const [a, b] = databases;
  await a.sql.unsafe(text);
  const schema = await loadSchema(a.sql);
  await b.sql.unsafe(schemaSql(schema));
  return [schema, await loadSchema(b.sql)];
}

function expectEqual([a, b]: readonly [SchemaSnapshot, SchemaSnapshot]): void {
  const options = { partitions: true };
  expect(schemaDiff(a, b, options)).toEqual([]);
  expect(fingerprint(a, options)).toBe(fingerprint(b, options));
  expect(migrationSql(a, b, options)).toEqual([]);
}

test("a dropped column does not affect the snapshot", async () => {
  expectEqual(
    await snapshots(
      "create table t(id int primary key, old text, name text); alter table t drop column old",
      "create table t(id int primary key, name text)",
    ),
  );
});

test("the order in which objects were created is ignored", async () => {
  const [a, b] = ["create type a as enum('x');", "create type b as enum('y');"];
  const pair = await snapshots(`${a + b} create table t(p a, q b)`, `${b + a} create table t(p a, q b)`);
  expectEqual(pair);
  expect(Object.keys(pair[0].types)).toEqual(Object.keys(pair[1].types));
});

test("the order in which storage parameters were set is ignored", async () => {
  expectEqual(
    await snapshots(
      "create table t(id int) with (fillfactor = 70, autovacuum_enabled = off)",
      "create table t(id int) with (autovacuum_enabled = off, fillfactor = 70)",
    ),
  );
});

test.each([
  [
    "create type c as (x int, old text, y int); alter type c drop attribute old; create table t(c c)",
    "create type c as (x int, y int); create table t(c c)",
  ],
  [
    `create table t(old int, id int primary key, u int unique, f int references t, check (u > 0),
       g int generated always as (u) stored); alter table t drop old; create index on t (u) include (f) where f > 0`,
    `create table t(id int primary key, u int unique, f int references t, check (u > 0),
       g int generated always as (u) stored); create index on t (u) include (f) where f > 0`,
  ],
  [
    "create table t(a int, b int, constraint x check (a > 0), constraint y check (b > 0)); create index i on t(a); create index j on t(b)",
    "create table t(a int, b int, constraint y check (b > 0), constraint x check (a > 0)); create index j on t(b); create index i on t(a)",
  ],
  [
    "create type e as enum ('a', 'c'); alter type e add value 'b' before 'c'",
    "create type e as enum ('a', 'b', 'c')",
  ],
  [
    "create table t(id int); create view v as select id as x from t; alter view v rename x to id",
    "create table t(id int); create view v as select id from t",
  ],
  ["create sequence s; select nextval('s')", "create sequence s"],
])("the statements that led to a schema are ignored: %s", async (first, second) => {
  expectEqual(await snapshots(first, second));
});

test("the loading role and its privileges are ignored", async () => {
  const [{ sql }] = databases;
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await sql.unsafe(`create table t(id serial primary key, v text); create view w as select * from t;
    create role ${role}; grant usage on schema public to ${role}`);
  const schema = await loadSchema(sql);
  try {
    await sql.begin(async tx => {
      await tx.unsafe(`set local role ${role}`);
      const other = await loadSchema(tx);
      expect(other.role).toBe(role);
      expectEqual([schema, other]);
      await assertFresh(tx, schema);
    });
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

const SETTINGS = [
  "TimeZone = 'Europe/Berlin'",
  "DateStyle = 'German, DMY'",
  "IntervalStyle = iso_8601",
  "extra_float_digits = -3",
  "bytea_output = escape",
  "lc_monetary = 'C.UTF-8'",
  "quote_all_identifiers = on",
  "search_path = ''",
  "search_path = pg_catalog, public",
];

const PRINTED = `
  create type mood as enum ('sad', 'ok');
  create table ev(id bigint, at timestamptz not null) partition by range (at);
  create table ev_2024 partition of ev for values from ('2024-01-01 00:00+00') to ('2025-01-01 00:00+00');
  create table pr(
    id int primary key, valid_from timestamptz not null default '2000-01-01 00:00+00',
    span interval default '1 day 2 hours', weight float8 default 0.1 + 0.2, bytes bytea default '\\x00ff',
    price money default 1.5, day date default '2020-02-29', m mood default 'ok' check (m <> 'sad'));
  create index on pr (day) where day > '2020-02-29';
  create view current as select id, valid_from + '1 day'::interval as until from pr where m = 'ok';`;

test.each(SETTINGS)("the setting %s of the session is ignored and unchanged", async setting => {
  const [{ sql }] = databases;
  await sql.unsafe(PRINTED);
  const schema = await loadSchema(sql, { settings: "any" });
  const [name] = setting.split(" = ");
  await session.unsafe(`set ${setting}`);
  const [[before]] = await session.unsafe(`show ${name}`).values();
  await assertFresh(session, schema, { settings: "any" });
  expect((await session.unsafe(`show ${name}`).values())[0][0]).toBe(before);
  expectEqual([schema, await loadSchema(session, { settings: "any" })]);
  await session.begin(async tx => {
    await assertFresh(tx, schema, { settings: "any" });
    expect((await tx.unsafe(`show ${name}`).values())[0][0]).toBe(before);
  });
  await session.unsafe(`reset ${name}`);
});

test("a failed catalog query leaves the settings of a transaction unchanged after a rollback to a savepoint", async () => {
  const [{ sql }] = databases;
  await sql.begin(async tx => {
    await tx.unsafe("set local TimeZone = 'Asia/Tokyo'");
    await tx.unsafe("savepoint before");
    await tx.unsafe("revoke select on pg_catalog.pg_attribute from public");
    await tx.unsafe("set local role pg_monitor");
    await expect(loadSchema(tx)).rejects.toThrow("permission denied");
    await tx.unsafe("rollback to savepoint before");
    expect((await tx.unsafe("show TimeZone").values())[0]).toEqual(["Asia/Tokyo"]);
  });
});

const REPLAYED = [
  "create table t(v varchar(10) check (v in ('a','b')))",
  "create table t(v varchar(10) check (v not in ('a','it''s, ]')))",
  "create table t(v varchar(10)); create index on t (v) where v in ('a', 'b')",
  "create table t(v varchar(10)); create index on t ((v in ('a', 'b')))",
  "create table t(v varchar(10)); create view w as select v in ('a', 'b') as known from t where v in ('c', 'd')",
  "create table t(v varchar(10), known bool generated always as (v in ('a', 'b')) stored)",
  "create domain d as varchar(9) default 'a' check (value in ('a', 'b')); create table t(v d)",
  "create table t(v varchar(3)[] default array['a', 'b'], w varchar(3)[] default '{a}')",
  "create table t(v varchar(9)[] check (v <@ array['a', 'b']::varchar[]))",
  "create table t(v numeric(4,1)[] default array[array[1, 2], array[3, 4]])",
  "create table t(v char(3) check (v in ('a', 'b')), n int check (n in (1, 2)), x text check (x like any (array['a%'])))",
  "create table t(v varchar(9), r int4range, exclude using gist (r with &&) where (v in ('a', 'b')))",
  "create table t(v varchar(9)) partition by list ((v in ('a', 'b'))); create table u partition of t for values in (true)",
  "create table t(v varchar(9)); create materialized view m as select v from t where v in ('a', 'b')",
  "create view w(x, y) as values (1, 'a'), (2, 'b')",
  "create view w(x) as values ('(VALUES (1)')",
  "create view w as select x.column1 as n from (values (1), (2)) x union all (values (3)) order by 1",
  "create table t(a int[][])",
  "create table s(d date, tags text[]) partition by range(d); create table s1 partition of s default",
];

test(`${REPLAYED.length} schemas are the same after they are created from their own SQL text`, async () => {
  const pair = await replay(schemaEachSql(REPLAYED));
  expect(Object.keys(pair[0].relations).length).toBeGreaterThan(REPLAYED.length);
  expectEqual(pair);
  // And once more.
  await databases[0].sql.unsafe(EMPTY_DATABASE_SQL);
  await databases[0].sql.unsafe(schemaSql(pair[1]));
  expectEqual([pair[1], await loadSchema(databases[0].sql)]);
});

test.each([
  ["t", "create table t(a int, b int, check (num_nonnulls(t.*) > 0))"],
  ["t", "create table t(a int, check (t is not null))"],
  ["t", "create table t(a int, check (tableoid <> 0))"],
])("a check of the whole row or of a system column has no columns and can be stored", async (table, text) => {
  const pair = await replay(text);
  expectEqual(pair);
  expect(checks(pair[0], table)[0]!.columns).toEqual([]);
  expect(parseSchema(JSON.stringify(pair[0]))).toEqual(pair[0]);
});

test("a snapshot that was loaded with an empty search path can be stored and used", async () => {
  const [{ sql, url }] = databases;
  await sql.unsafe(PRINTED);
  const other = new SQL(url, { max: 1, connection: { search_path: "" } });
  const schema = await loadSchema(other);
  expect(schema.searchPath).toEqual([]);
  expect(parseSchema(JSON.stringify(schema))).toEqual(schema);
  expect(await insert(other, schema, "public.pr", { id: 1 })).toMatchObject({ id: 1, m: "ok" });
  await other.close();
});

/** Pairs that differ in one respect. */
const DIFFERENT: [string, string, string][] = [
  ["create table t(a int)", "create table t(a int default 1)", "column public.t.a: default none → 1"],
  [
    "create table t(a int, b int)",
    "create table t(b int, a int)",
    "table public.t: column order a, b → b, a",
  ],
  [
    "create table t(a text check (a in ('x')))",
    "create table t(a text check (a in ('y')))",
    "check public.t.t_a_check: expression (a = 'x'::text) → (a = 'y'::text)",
  ],
  [
    "create type e as enum ('a')",
    "create type e as enum ('a', 'b')",
    'type public.e: labels ["a"] → ["a","b"]',
  ],
  [
    "create type c as (a text)",
    'create type c as (a text collate "C")',
    'type public.c: attributes [{"name":"a","type":"text","typeKey":"text","typmod":-1,"collation":null}] → [{"name":"a","type":"text","typeKey":"text","typmod":-1,"collation":"\\"C\\""}]',
  ],
  [
    "create type r as range (subtype = text)",
    'create type r as range (subtype = text, collation = "C")',
    'type public.r: collation none → "C"',
  ],
  [
    "create type r as range (subtype = text)",
    "create type r as range (subtype = text, subtype_opclass = text_pattern_ops)",
    "type public.r: operator class none → text_pattern_ops",
  ],
  [
    "create type r as range (subtype = float8)",
    "create type r as range (subtype = float8, subtype_diff = float8mi)",
    "type public.r: subtype diff none → float8mi",
  ],
  [
    "create table t(a int)",
    "create table t(a int); alter table t force row level security",
    "table public.t: row security forced false → true",
  ],
  ["create sequence s", "create sequence s cycle", "sequence public.s: cycle false → true"],
  ["create table t(a int[])", "create table t(a int)", "column public.t.a: type integer[] → integer"],
];

test.each(DIFFERENT)("%s differs from %s", async (first, second, line) => {
  const [a, b] = await snapshots(first, second);
  expect(schemaDiff(a, b)).toEqual([line]);
  expect(fingerprint(a)).not.toBe(fingerprint(b));
  await expect(assertFresh(databases[1].sql, a)).rejects.toThrow(line);
});
