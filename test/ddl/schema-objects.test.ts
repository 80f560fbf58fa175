// Objects that other definitions refer to only by name: operators, operator classes, casts, text search, statistics.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { migrationSql, schemaSql } from "../../src/ddl/index.ts";
import { fingerprint, loadSchema, parseSchema, schemaDiff } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.sql.unsafe("drop schema public cascade; create schema public");
});

async function schemaOf(text: string, functions: boolean) {
  await database.sql.unsafe(`drop schema public cascade; create schema public; ${text}`);
  return await loadSchema(database.sql, { functions });
}

/** The notes at the top of the schema text. */
async function notes(text: string, functions = true): Promise<readonly string[]> {
  const lines = schemaSql(await schemaOf(text, functions)).split("\n");
  return lines.filter(line => line.startsWith("-- manual")).map(line => line.slice("-- manual: ".length));
}

const NEAR = `create function near(int, int) returns bool language sql immutable as 'select abs($1 - $2) < 2';
  create operator === (leftarg = int, rightarg = int, function = near, commutator = ===);`;
const CENTS = `create type cents as (n int); create function cents(cents) returns int language sql immutable as 'select $1.n';
  create cast (cents as int) with function cents(cents) as implicit;`;
const READS = "loadSchema(sql, { functions: true }) reads its definition, as --functions of the command does";

test.each([
  [
    "an operator of a check",
    `${NEAR} create table t(a int check (a === 3))`,
    [
      `create function public.near(integer,integer); ${READS}`,
      "create operator public.===(integer,integer), which public.t uses",
    ],
  ],
  [
    "an operator of a view and a partial index",
    `${NEAR} create table t(a int); create index on t (a) where a === 3; create view v as select 1 as n from t where a === 3`,
    [
      `create function public.near(integer,integer); ${READS}`,
      "create operator public.===(integer,integer), which public.t, public.v use",
    ],
  ],
  [
    "a cast of a generated column",
    `${CENTS} create table t(v cents, g int generated always as (v::int) stored)`,
    [
      `create function public.cents(public.cents), which public.t uses; ${READS}`,
      "create cast (public.cents AS integer)",
    ],
  ],
  [
    "an operator class of an index",
    `create operator class down for type int4 using btree as operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 btint4cmp(int4, int4);
     create table t(a int); create index on t (a down)`,
    ["create operator class public.down USING btree, which public.t uses"],
  ],
  [
    "a text search configuration and its dictionary",
    `create text search dictionary plain (template = simple); create text search configuration words (copy = simple);
     alter text search configuration words alter mapping for asciiword with plain;
     create table t(a text, v tsvector generated always as (to_tsvector('words', a)) stored)`,
    [
      "create text search configuration public.words, which public.t uses",
      "create text search dictionary public.plain",
    ],
  ],
  [
    "the server of a foreign table",
    "create extension if not exists file_fdw; create server files foreign data wrapper file_fdw; create foreign table t(a int) server files options (filename '/x')",
    ["create server files, which public.t uses", "create foreign table public.t"],
  ],
])("schemaSql names %s that it cannot create", async (_name, text, expected) => {
  expect(await notes(text, false)).toEqual(expected);
  await database.sql.unsafe("drop extension if exists file_fdw cascade");
});

test("an unused operator is not required", async () => {
  expect(await notes(`${NEAR} create table t(a int)`, false)).toEqual([]);
});

test("with functions, schemaSql creates operators and casts before the tables that use them", async () => {
  const text = `${NEAR} ${CENTS} create table t(a int check (a === 3), v cents, g int generated always as (v::int) stored)`;
  const schema = await schemaOf(text, true);
  expect(parseSchema(JSON.stringify(schema))).toEqual(schema);
  const created = schemaSql(schema);
  expect(created).not.toContain("manual");
  const again = await schemaOf(created, true);
  expect(schemaDiff(again, schema)).toEqual([]);
  expect(fingerprint(again)).toBe(fingerprint(schema));
  expect(await database.sql.unsafe("insert into t values (2, row(5)) returning g").values()).toEqual([[5]]);
});

test("a snapshot without functions ignores operators", async () => {
  const [before, after] = [await schemaOf(NEAR, false), await schemaOf("", false)];
  expect(schemaDiff(before, after)).toEqual([]);
  expect(migrationSql(before, after)).toEqual([]);
});

test("an object that a snapshot without functions lacks is not dropped", async () => {
  const from = await schemaOf(`${CENTS} ${NEAR}`, true);
  const to = await loadSchema(database.sql);
  expect(migrationSql(from, to).map(({ text }) => text)).toEqual([]);
});

test("a statistics object is recreated with a column that it includes", async () => {
  const statistics = "create statistics s on a, b from t;";
  const before = await schemaOf(`create table t(a int, b int); ${statistics}`, false);
  const after = await schemaOf(`create table t(a int, b bigint); ${statistics}`, false);
  expect(migrationSql(before, after).map(({ text }) => text)).toEqual([
    "DROP STATISTICS public.s",
    'ALTER TABLE "public"."t" ALTER COLUMN "b" TYPE bigint USING "b"::int8',
    "CREATE STATISTICS public.s ON a, b FROM public.t",
  ]);
});

test("an invalid index is excluded from a snapshot, as pg_dump excludes it", async () => {
  const text = "create table t(a int); insert into t values (1), (1);";
  const valid = await schemaOf(`${text} create index t_one on t (a)`, false);
  const without = await schemaOf(text, false);
  await expect(database.sql.unsafe("create unique index concurrently t_one on t (a)")).rejects.toThrow();
  const invalid = await loadSchema(database.sql);
  expect(invalid.relations[0]!.uniqueKeys).toMatchObject([{ name: "t_one", valid: false }]);
  expect(schemaDiff(invalid, without)).toEqual([]);
  expect(migrationSql(invalid, without)).toEqual([]);
  expect(schemaSql(invalid)).not.toContain("INDEX");
  expect(migrationSql(invalid, valid).map(step => step.text)).toEqual([
    'DROP INDEX "public"."t_one"',
    'CREATE INDEX "t_one" ON "public"."t" ("a")',
  ]);
});

test("policies and rules of a table with a changed column are recreated", async () => {
  const more = (
    type: string,
  ): string => `create table t(a ${type}, b int); alter table t enable row level security;
    create policy p on t using (a > 1); create rule r as on delete to t do instead nothing;`;
  const [before, after] = [await schemaOf(more("int"), false), await schemaOf(more("bigint"), false)];
  expect(migrationSql(before, after).map(step => step.text)).toEqual([
    "DROP POLICY p on public.t",
    "DROP RULE r on public.t",
    'ALTER TABLE "public"."t" ALTER COLUMN "a" TYPE bigint USING "a"::int8',
    "CREATE POLICY p ON public.t FOR ALL TO PUBLIC USING ((a > 1))",
    "CREATE RULE r AS\n    ON DELETE TO public.t DO INSTEAD NOTHING",
  ]);
});

const STATES = `create rule a as on delete to t do instead nothing; alter table t disable rule a;
  create rule b as on insert to t do also notify b; alter table t enable replica rule b;
  create rule c as on update to t do also notify c; alter table t enable always rule c;
  create statistics s on a, b from t; alter statistics s set statistics 300;`;
const WITH_STATES = [
  "CREATE RULE a AS\n    ON DELETE TO public.t DO INSTEAD NOTHING",
  "ALTER TABLE public.t DISABLE RULE a",
  "CREATE RULE b AS\n    ON INSERT TO public.t DO\n NOTIFY b",
  "ALTER TABLE public.t ENABLE REPLICA RULE b",
  "CREATE RULE c AS\n    ON UPDATE TO public.t DO\n NOTIFY c",
  "ALTER TABLE public.t ENABLE ALWAYS RULE c",
  "CREATE STATISTICS public.s ON a, b FROM public.t",
  "ALTER STATISTICS public.s SET STATISTICS 300",
];

test("recreated rules and statistics objects keep their states and targets", async () => {
  const more = (type: string): string => `create table t(a ${type}, b int); ${STATES}`;
  const [before, after] = [await schemaOf(more("int"), false), await schemaOf(more("bigint"), false)];
  expect(migrationSql(before, after).map(step => step.text)).toEqual([
    "DROP RULE a on public.t",
    "DROP RULE b on public.t",
    "DROP RULE c on public.t",
    "DROP STATISTICS public.s",
    'ALTER TABLE "public"."t" ALTER COLUMN "a" TYPE bigint USING "a"::int8',
    ...WITH_STATES,
  ]);
  expect(parseSchema(JSON.stringify(after))).toEqual(after);
});

test("a rule whose state differs is recreated", async () => {
  const table = "create table t(a int, b int);";
  const [before, after] = [
    await schemaOf(`${table} ${STATES}`, false),
    await schemaOf(`${table} ${STATES} alter table t enable rule a`, false),
  ];
  expect(schemaDiff(before, after)).toEqual(["rule a on public.t: definition changed"]);
  expect(fingerprint(before)).not.toBe(fingerprint(after));
  expect(migrationSql(before, after).map(step => step.text)).toEqual([
    "DROP RULE a on public.t",
    WITH_STATES[0]!,
  ]);
});

const COMMENTS = `comment on policy p on t is 'it''s p'; comment on rule r on t is 'r'; comment on statistics s is 's';`;

test("recreated policies, rules and statistics objects keep their comments", async () => {
  const more = (
    type: string,
  ): string => `create table t(a ${type}, b int); create policy p on t using (a > 1);
    create rule r as on delete to t do instead nothing; create statistics s on a, b from t;`;
  const before = await schemaOf(more("int") + COMMENTS, false);
  const after = await schemaOf(more("bigint") + COMMENTS, false);
  expect(migrationSql(before, after).map(step => step.text)).toEqual(
    expect.arrayContaining([
      "COMMENT ON POLICY p on public.t IS 'it''s p'",
      "COMMENT ON RULE r on public.t IS 'r'",
      "COMMENT ON STATISTICS public.s IS 's'",
    ]),
  );
  const without = await schemaOf(more("bigint"), false);
  expect(schemaDiff(after, without)).toEqual([
    "policy p on public.t: comment it's p → none",
    "rule r on public.t: comment r → none",
    "statistics object public.s: comment s → none",
  ]);
  expect(migrationSql(after, without).map(step => step.text)).toEqual([
    "COMMENT ON POLICY p on public.t IS NULL",
    "COMMENT ON RULE r on public.t IS NULL",
    "COMMENT ON STATISTICS public.s IS NULL",
  ]);
});

test("comments on operators and casts are preserved with functions and not compared without functions", async () => {
  const comments = `comment on operator === (int, int) is 'near'; comment on cast (cents as int) is 'cents'; comment on function near is 'f';`;
  const text = `${NEAR} ${CENTS} ${comments} create table t(a int check (a === 3))`;
  const schema = await schemaOf(text, true);
  const without = await schemaOf(text, false);
  expect(schemaSql(schema)).toContain("COMMENT ON OPERATOR public.===(integer,integer) IS 'near'");
  expect(schemaSql(schema)).toContain("COMMENT ON CAST (public.cents AS integer) IS 'cents'");
  expect(migrationSql(schema, without)).toEqual([]);
  expect(migrationSql(without, schema)).toEqual([]);
});

test("a cast that is dropped and cannot be recreated is named", async () => {
  const text = (label: string): string =>
    `create type e as enum ('${label}'); create cast (e as int) with inout;`;
  const [before, after] = [await schemaOf(text("1"), false), await schemaOf(text("2"), false)];
  expect(migrationSql(before, after).filter(step => step.manual)).toEqual([
    {
      text: "-- manual: recreate cast (public.e AS integer) after this migration, which drops it",
      manual: true,
    },
  ]);
});

test("an index that some partitions lack is not created on partitions that are attached again", async () => {
  const log =
    "create table p(a int, b int) partition by list (a); create table p_1 partition of p for values in (1);";
  const from = await schemaOf(`${log} create index p_b on only p (b)`, false);
  const to = await schemaOf(`${log} create unique index p_a on p (a)`, false);
  await schemaOf(`${log} create index p_b on only p (b)`, false);
  const options = { partitions: true };
  for (const { text } of migrationSql(from, to, options)) await database.sql.unsafe(text);
  expect(schemaDiff(await loadSchema(database.sql), to, options)).toEqual([]);
});
