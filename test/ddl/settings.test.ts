import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  createTable,
  type MigrationStep,
  migrationSql,
  schemaSql,
  stepsText,
  transformTable,
} from "../../src/ddl/index.ts";
import { expr, loadSchema, parseSchema, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { isServer } from "../support/server-version.ts";

let databases: readonly [TestDatabase, TestDatabase];

beforeAll(async () => {
  databases = await Promise.all([testDatabase(), testDatabase()]);
});
afterAll(() => Promise.all(databases.map(database => database.drop())));
beforeEach(async () => {
  for (const { sql } of databases) await sql.unsafe("drop schema public cascade; create schema public;");
});

const T = 'ALTER TABLE ONLY "public"."t"';

test("schemaSql sets column settings with their table and index settings at the end", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(`create table t(a text primary key, b text) with (toast.autovacuum_enabled = off);
    alter table t alter a set storage external, alter a set statistics 0, alter b set compression pglz, alter b set (n_distinct = -0.5);
    alter table t replica identity using index t_pkey, cluster on t_pkey;`);
  expect(schemaSql(await loadSchema(sql))).toBe(
    [
      'CREATE TABLE "public"."t" (\n  "a" text NOT NULL,\n  "b" text,\n  CONSTRAINT "t_pkey" PRIMARY KEY ("a")\n)' +
        ` WITH ("toast"."autovacuum_enabled" = 'off');\n`,
      `${T} ALTER COLUMN "a" SET STORAGE EXTERNAL;\n`,
      `${T} ALTER COLUMN "a" SET STATISTICS 0;\n`,
      `${T} ALTER COLUMN "b" SET COMPRESSION pglz;\n`,
      `${T} ALTER COLUMN "b" SET ("n_distinct" = '-0.5');\n`,
      `${T} CLUSTER ON "t_pkey";\n`,
      `${T} REPLICA IDENTITY USING INDEX "t_pkey";\n`,
    ].join("\n"),
  );
});

test("the primary key is used by CLUSTER while another index is the replica identity", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(`create table t(a int primary key, b int not null unique);
    alter table t cluster on t_pkey, replica identity using index t_b_key`);
  const [table] = (await loadSchema(sql)).relations;
  expect(table!.settings!.map(({ set }) => set)).toEqual([
    'CLUSTER ON "t_pkey"',
    'REPLICA IDENTITY USING INDEX "t_b_key"',
  ]);
});

test("the replica identity of a partitioned table is its setting", async () => {
  const [{ sql }, target] = databases;
  await sql.unsafe("create table t (a int) partition by list (a)");
  await target.sql.unsafe(
    "create table t (a int) partition by list (a); alter table t replica identity full",
  );
  const steps = migrationSql(await loadSchema(sql), await loadSchema(target.sql));
  expect(steps.map(({ text }) => text)).toEqual([`${T} REPLICA IDENTITY FULL`]);
});

test.each(["full", "nothing"])("replica identity %s replaces that of an index", async identity => {
  const [{ sql }] = databases;
  await sql.unsafe(`create table t(a int primary key);
    alter table t replica identity using index t_pkey; alter table t replica identity ${identity}`);
  const [table] = (await loadSchema(sql)).relations;
  expect(table!.settings!.map(({ set }) => set)).toEqual([`REPLICA IDENTITY ${identity.toUpperCase()}`]);
});

test("migrationSql resets settings that the other snapshot lacks to the default of the column's type", async () => {
  const [{ sql }, other] = databases;
  await sql.unsafe(`create table t(a text, b numeric, c int primary key);
    alter table t alter a set storage main, alter b set storage plain, alter c set statistics 9, alter a set (n_distinct = 3),
      alter a set compression pglz, replica identity nothing, cluster on t_pkey;`);
  await other.sql.unsafe("create table t(a text, b numeric, c int primary key)");
  const [from, to] = [await loadSchema(sql), await loadSchema(other.sql)];
  expect(migrationSql(from, to).map(({ text }) => text)).toEqual([
    `${T} ALTER COLUMN "a" SET STORAGE EXTENDED`,
    `${T} ALTER COLUMN "a" SET COMPRESSION DEFAULT`,
    `${T} ALTER COLUMN "a" RESET ("n_distinct")`,
    `${T} ALTER COLUMN "b" SET STORAGE MAIN`,
    `${T} ALTER COLUMN "c" SET STATISTICS -1`,
    `${T} SET WITHOUT CLUSTER`,
    `${T} REPLICA IDENTITY DEFAULT`,
  ]);
  await sql.unsafe(stepsText(migrationSql(from, to)));
  expect(schemaDiff(await loadSchema(sql), to)).toEqual([]);
});

test("a recreated index is used again by CLUSTER and as the replica identity", async () => {
  const [{ sql }, other] = databases;
  for (const [database, order] of [
    [sql, ""],
    [other.sql, "desc"],
  ] as const)
    await database.unsafe(`create table t(a int not null, b int); create unique index t_a on t (a ${order}); create index t_b on t (b);
      alter table t replica identity using index t_a, cluster on t_b;`);
  expect(migrationSql(await loadSchema(sql), await loadSchema(other.sql)).map(({ text }) => text)).toEqual([
    'DROP INDEX "public"."t_a"',
    'CREATE UNIQUE INDEX "t_a" ON "public"."t" ("a" DESC)',
    `${T} REPLICA IDENTITY USING INDEX "t_a"`,
  ]);
});

test("transformTable preserves the storage of a column whose type changes", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(
    "create table t(id int primary key, a varchar(9)); alter table t alter a set storage external",
  );
  await transformTable(sql, await loadSchema(sql), "t", { retype: { a: "text" } });
  const [{ attstorage }] =
    await sql`select attstorage from pg_attribute where attrelid = 't'::regclass and attname = 'a'`;
  expect(attstorage).toBe("e");
});

test("transformTable and createTable with transform leave other settings unchanged and drop those that a new type does not support", async () => {
  const [{ sql }] = databases;
  await sql.unsafe(`create table t(id int primary key, a text, b text);
    alter table t alter a set storage external, alter a set statistics 9, alter b set storage main, cluster on t_pkey`);
  const changed = await transformTable(sql, await loadSchema(sql), "t", {
    retype: { a: { type: "int", using: expr`a::int` } },
  });
  const settingsOf = ({ relations }: SchemaSnapshot): unknown =>
    [relations[0]!, ...relations[0]!.columns].map(({ settings = [] }) => settings.map(({ set }) => set));
  const settings = [['CLUSTER ON "t_pkey"'], [], ["SET STATISTICS 9"], ["SET STORAGE MAIN"]];
  expect(settingsOf(changed)).toEqual(settings);
  const columns = { id: "int not null", a: "int", b: "text", c: "text" };
  const created = await createTable(sql, changed, "t", columns, { transform: true, identity: null });
  expect(settingsOf(created as SchemaSnapshot)).toEqual([...settings, []]);
});

test("the settings of a partitioned table do not change those of its partitions", async () => {
  const [{ sql }, other] = databases;
  await sql.unsafe(
    "create table t(a int, b text) partition by list (a); create table t_1 partition of t default",
  );
  await other.sql.unsafe(`create table t(a int, b text) partition by list (a); create table t_1 partition of t default;
    alter table only t alter b set storage external;`);
  const [from, to] = [await loadSchema(sql), await loadSchema(other.sql)];
  await sql.unsafe(stepsText(migrationSql(from, to)));
  expect(schemaDiff(await loadSchema(sql), to, { partitions: true })).toEqual([]);
});

test.if(isServer(15))("a sequence can be logged or unlogged independently of its table", async () => {
  const [{ sql }, other] = databases;
  await sql.unsafe("create unlogged table t(id serial); create sequence s");
  await other.sql.unsafe(
    "create table t(id serial); alter sequence t_id_seq set unlogged; create unlogged sequence s",
  );
  const [from, to] = [await loadSchema(sql), await loadSchema(other.sql)];
  expect(schemaDiff(from, to)).toEqual([
    "table public.t: persistence unlogged → permanent",
    "sequence public.s: is unlogged none → true",
  ]);
  expect(migrationSql(from, to).map(({ text }) => text)).toEqual([
    'ALTER TABLE "public"."t" SET LOGGED',
    'ALTER SEQUENCE "public"."s" SET UNLOGGED',
    'ALTER SEQUENCE "public"."t_id_seq" SET UNLOGGED',
  ]);
  await sql.unsafe(stepsText(migrationSql(from, to)));
  expect(schemaDiff(await loadSchema(sql), to)).toEqual([]);
});

test("steps for PostgreSQL 15.0 set an access method and make a sequence unlogged; those for 14 cannot", async () => {
  const [{ sql }, other] = databases;
  await other.sql.unsafe("create access method own_heap type table handler heap_tableam_handler");
  try {
    await sql.unsafe("create table t(a int); create sequence s");
    await other.sql.unsafe("create table t(a int) using own_heap; create sequence s");
    const [from, to] = [await loadSchema(sql), await loadSchema(other.sql)];
    const sequences = to.sequences.map(sequence => ({ ...sequence, isUnlogged: true as const }));
    const stepsOn = (serverVersionNum: number): readonly MigrationStep[] =>
      migrationSql({ ...from, serverVersionNum }, { ...to, sequences, serverVersionNum });
    const setMethod = `${T} SET ACCESS METHOD "own_heap"`;
    expect(stepsOn(149_999)).toEqual([{ text: `-- manual: ${setMethod}`, manual: true }]);
    expect(stepsOn(150_000)).toEqual([
      { text: 'ALTER SEQUENCE "public"."s" SET UNLOGGED' },
      { text: setMethod },
    ]);
  } finally {
    await other.sql.unsafe("drop table t; drop access method own_heap");
  }
});

test("comments on PostgreSQL schemas, functions and triggers are added and removed", async () => {
  const [{ sql }, other] = databases;
  await sql.unsafe(`comment on schema public is 'it''s';
    create function f(n int) returns int language sql as 'select 1'; comment on function f is 'f';
    create function g() returns trigger language plpgsql as 'begin return new; end';
    create table t(a int); create trigger x before insert on t for each row execute function g(); comment on trigger x on t is 'x';`);
  const options = { functions: true } as const;
  const schema = await loadSchema(sql, options);
  const comments = [
    `COMMENT ON SCHEMA "public" IS 'it''s'`,
    "COMMENT ON FUNCTION public.f(integer) IS 'f'",
    `COMMENT ON TRIGGER "x" ON "public"."t" IS 'x'`,
  ];
  expect(
    schemaSql(schema)
      .split(";\n")
      .filter(text => text.includes("COMMENT"))
      .map(text => text.trim()),
  ).toEqual(comments);
  await other.sql.unsafe(schemaSql(schema));
  expect(schemaDiff(await loadSchema(other.sql, options), schema)).toEqual([]);
  await other.sql.unsafe(
    "comment on schema public is null; comment on function f is null; comment on trigger x on t is null",
  );
  const without = await loadSchema(other.sql, options);
  expect(schemaDiff(schema, without)).toEqual([
    "comment of schema public: removed",
    "function public.f(integer): comment f → none",
    "trigger public.t.x: comment x → none",
  ]);
  expect(migrationSql(schema, without).map(({ text }) => text)).toEqual(
    comments.map(text => text.replace(/ IS '.*/, " IS NULL")),
  );
});

test("a stored snapshot without settings can be read, and equals a database without settings", async () => {
  const [{ sql }] = databases;
  await sql.unsafe("create table t(a text); create sequence s");
  const text = JSON.stringify(await loadSchema(sql));
  expect(text).not.toMatch(/"settings"|"isUnlogged"|"schemaComments"/);
  await sql.unsafe("alter table t alter a set storage main");
  expect(schemaDiff(parseSchema(text), await loadSchema(sql))).toEqual([
    'column public.t.a: settings none → ["SET STORAGE MAIN"]',
  ]);
});

test("the comment of a constraint's index is not that of the constraint: both are added, changed and removed", async () => {
  const [{ sql }, other] = databases;
  const table = "create table t(a int primary key, b int, exclude (b with =));";
  await sql.unsafe(`${table} comment on index t_pkey is 'i'; comment on constraint t_pkey on t is 'c';
    comment on index t_b_excl is 'x';`);
  const schema = await loadSchema(sql);
  expect(parseSchema(JSON.stringify(schema))).toEqual(schema);
  await other.sql.unsafe(schemaSql(schema));
  expect(schemaDiff(await loadSchema(other.sql), schema)).toEqual([]);
  await other.sql.unsafe("comment on index t_pkey is null; comment on index t_b_excl is 'y';");
  const changed = await loadSchema(other.sql);
  expect(schemaDiff(schema, changed)).toEqual([
    "table public.t: primary key: index comment i → none",
    "exclusion public.t.t_b_excl: index comment x → y",
  ]);
  const steps = migrationSql(schema, changed).map(({ text }) => text);
  expect(steps).toEqual([
    'COMMENT ON INDEX "public"."t_pkey" IS NULL',
    `COMMENT ON INDEX "public"."t_b_excl" IS 'y'`,
  ]);
  await sql.unsafe(steps.join(";"));
  expect(migrationSql(await loadSchema(sql), changed)).toEqual([]);
});
