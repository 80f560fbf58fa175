// The objects that a migration leaves unchanged, recreates, or can only name in a manual step.
import { expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { EMPTY_DATABASE_SQL } from "../support/empty-database.ts";
import { isServer } from "../support/server-version.ts";
import { stepPair, texts } from "../support/step-pair.ts";

const pair = stepPair();
const { stepsBetween, values } = pair;

test("foreign tables and other locales of a collation are manual steps", async () => {
  await pair.before.sql.unsafe(`create table t (id int); create collation sorted (locale = 'C');
    create foreign data wrapper w; create server s foreign data wrapper w; create foreign table far (id int) server s`);
  await pair.after.sql.unsafe(`create table t (id int); create collation sorted (locale = 'POSIX');
    create foreign data wrapper w; create server s foreign data wrapper w; create foreign table far (id bigint) server s;
    create foreign table farther (id int) server s`);
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  const manual = (from: SchemaSnapshot, to: SchemaSnapshot): readonly string[] =>
    texts(migrationSql(from, to).filter(step => step.manual === true));
  expect(manual(old, now)).toEqual([
    "-- manual: change foreign table public.far",
    "-- manual: create foreign table public.farther",
    "-- manual: recreate collation public.sorted, because no ALTER changes it",
  ]);
  expect(manual(now, now)).toEqual([]);
  expect(texts(migrationSql(now, old))).toContain('DROP FOREIGN TABLE "public"."farther"');
});

test("a foreign key is recreated when a table becomes logged, but not when a check of the other table is dropped", async () => {
  const tables = (kind: string, check: string): string =>
    `create ${kind} table a (id int primary key ${check}); create ${kind} table b (a_id int references a)`;
  const logged = await stepsBetween(tables("unlogged", "check (id > 0)"), tables("", "check (id > 0)"));
  expect(texts(logged).filter(text => text.includes("b_a_id_fkey"))).toHaveLength(2);
  for (const { sql } of [pair.before, pair.after]) await sql.unsafe(EMPTY_DATABASE_SQL);
  const unchecked = await stepsBetween(tables("", "check (id > 0)"), tables("", ""));
  expect(texts(unchecked)).toEqual(['ALTER TABLE "public"."a" DROP CONSTRAINT "a_id_check"']);
});

test.each(["NOT VALID", ...(isServer(18) ? ["NOT ENFORCED"] : [])])(
  "a foreign key and a CHECK that are %s do not fail because of existing rows",
  async kind => {
    const tables = "create table a (id int primary key); create table b (a_id int)";
    const steps = await stepsBetween(
      tables,
      `${tables}; alter table b add foreign key (a_id) references a ${kind}, add check (a_id > 0) ${kind}`,
    );
    expect(steps).toEqual([
      { text: `ALTER TABLE "public"."b" ADD CONSTRAINT "b_a_id_check" CHECK ((a_id > 0)) ${kind}` },
      {
        text: `ALTER TABLE "public"."b" ADD CONSTRAINT "b_a_id_fkey" FOREIGN KEY ("a_id") REFERENCES "public"."a" ("id") ${kind}`,
      },
    ]);
  },
);

test("a foreign key is unchanged when a longer key with its referenced column is dropped", async () => {
  const tables = (key: string): string =>
    `create table a (id int primary key, n int ${key}); create table b (a_id int references a)`;
  expect(texts(await stepsBetween(tables(", constraint id_and_n unique (id, n)"), tables("")))).toEqual([
    'ALTER TABLE "public"."a" DROP CONSTRAINT "id_and_n"',
  ]);
});

test.each([
  ["unlogged", "", "", ""],
  ["", "", "unlogged", ""],
  ["unlogged", "unlogged", "unlogged", ""],
  ["unlogged", "", "unlogged", "unlogged"],
])(
  "a foreign key is unchanged when only one of its tables becomes logged or unlogged: %p, %p → %p, %p",
  async (own, other, newOwn, newOther) => {
    const tables = (b: string, a: string): string =>
      `create ${a} table a (id int primary key); create ${b} table b (a_id int references a)`;
    const steps = await stepsBetween(tables(own, other), tables(newOwn, newOther));
    expect(texts(steps).filter(text => text.includes("b_a_id_fkey"))).toEqual([]);
  },
);

test.each([
  ["referenced", "partition by range (id)", ""],
  ["referring", "", "partition by range (a_id)"],
])("a foreign key is recreated with the %s table that becomes partitioned", async (_which, ofA, ofB) => {
  const tables = (a: string, b: string): string =>
    `create table a (id int primary key) ${a}; create table b (a_id int references a) ${b}`;
  const steps = texts(await stepsBetween(tables("", ""), tables(ofA, ofB)));
  expect(steps.filter(text => text.includes('ADD CONSTRAINT "b_a_id_fkey"'))).toHaveLength(1);
});

test("a foreign key to a partitioned table is recreated when rows that it refers to are in a partition with new bounds", async () => {
  const tables = (bounds: string): string =>
    `create table a (id int primary key) partition by list (id); create table a_1 partition of a for values in (${bounds});
     create table b (a_id int references a);`;
  const rows = "insert into a values (1); insert into b values (1)";
  const steps = await stepsBetween(`${tables("1")} ${rows}`, tables("1, 2"));
  expect(texts(steps)).toEqual([
    'ALTER TABLE "public"."b" DROP CONSTRAINT "b_a_id_fkey"',
    'ALTER TABLE "public"."a" DETACH PARTITION "public"."a_1"',
    'ALTER TABLE "public"."a" ATTACH PARTITION "public"."a_1" FOR VALUES IN (1, 2)',
    'ALTER TABLE "public"."b" ADD CONSTRAINT "b_a_id_fkey" FOREIGN KEY ("a_id") REFERENCES "public"."a" ("id")',
  ]);
  expect(await values("select a_id from b join a on id = a_id")).toEqual([[1]]);
});

test("a foreign key with one moved column is recreated", async () => {
  const key = "foreign key (x, y) references a (x, y)";
  const a = "create table a (x int, y int, unique (x, y)); insert into a values (1, 2);";
  const steps = await stepsBetween(
    `${a} create table b (x int, z int, y int, ${key}); insert into b values (1, 3, 2)`,
    `${a} create table b (x int, y int, z int, ${key})`,
    { columnOrder: true },
  );
  expect(texts(steps).filter(text => text.includes("b_x_y_fkey"))).toHaveLength(2);
  expect(await values("select * from b")).toEqual([[1, 2, 3]]);
});

test("a column whose type is a table's row type is named if the table gets a column with values, but not for one without", async () => {
  const holder = "create table holder (v item)";
  await pair.before.sql.unsafe(`create table item (id int); ${holder}`);
  const old = await loadSchema(pair.before.sql);
  const { sql } = pair.after;
  const manualOf = async (column: string): Promise<readonly string[]> => {
    await sql.unsafe(
      `drop schema public cascade; create schema public; create table item (id int, ${column}); ${holder}`,
    );
    return texts(migrationSql(old, await loadSchema(sql)).filter(step => step.manual === true));
  };
  for (const values of ["default 1", "generated always as identity", "generated always as (id + 1) stored"])
    expect([values, await manualOf(`more int ${values}`)]).toEqual([
      values,
      [
        "-- manual: drop column public.holder.v, which has rows of public.item, and recreate it after this migration",
      ],
    ]);
  expect(await manualOf("more int")).toEqual([]);
});

test("a column whose type is a table's row type is unchanged when the table's columns with defaults are moved", async () => {
  const holder = "create table holder (v item); insert into holder values (row(1, 2))";
  const steps = await stepsBetween(
    `create table item (a int default 1, b int default 2); insert into item values (3, 4); ${holder}`,
    `create table item (b int default 2, a int default 1); ${holder}`,
    { columnOrder: true },
  );
  expect(steps.filter(step => step.manual === true)).toEqual([]);
  expect(await values("select b, a from item")).toEqual([[4, 3]]);
});

test("a column whose type is a table's row type is named in a manual step if a trigger of the table would run", async () => {
  const tables = (columns: string): string => `create table item (${columns}); create table holder (v item);
    create trigger same before update on item for each row execute function suppress_redundant_updates_trigger()`;
  await pair.before.sql.unsafe(tables("a int, b int"));
  await pair.after.sql.unsafe(tables("b int, a int"));
  const [old, now] = await Promise.all([loadSchema(pair.before.sql), loadSchema(pair.after.sql)]);
  expect(texts(migrationSql(old, now, { columnOrder: true }))[0]).toBe(
    "-- manual: drop column public.holder.v, which has rows of public.item, and recreate it after this migration",
  );
});

test("a foreign key is unchanged when a different key of the referenced table is dropped", async () => {
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

test("a sequence gets its owner, even if another schema has a table of the same name", async () => {
  const table = (schema: string, type: string): string => `create table ${schema}.t (id ${type})`;
  await stepsBetween(
    `create schema other; ${table("public", "serial")}; ${table("other", "serial")}`,
    `create schema other; ${table("public", "serial")}; ${table("other", "int")}`,
  );
  expect(await values("select schemaname::text || '.' || sequencename::text from pg_sequences")).toEqual([
    ["public.t_id_seq"],
  ]);
});

test("a check is recreated together with a function whose result type changes", async () => {
  const text = (result: string): string =>
    `create function f(int) returns ${result} immutable language sql return 1;
     create table t (id int check (f(id) > 0))`;
  await pair.before.sql.unsafe(text("int"));
  await pair.after.sql.unsafe(text("bigint"));
  const read = ({ sql }: TestDatabase) => loadSchema(sql, { functions: true });
  const steps = migrationSql(await read(pair.before), await read(pair.after));
  expect(texts(steps).filter(text => text.includes("t_id_check") || text.includes("FUNCTION"))).toEqual([
    'ALTER TABLE "public"."t" DROP CONSTRAINT "t_id_check"',
    "DROP FUNCTION public.f(integer)",
    expect.stringContaining("RETURNS bigint"),
    'ALTER TABLE "public"."t" ADD CONSTRAINT "t_id_check" CHECK ((public.f(id) > 0))',
  ]);
});

test.each([
  ["text", "bit(3)", "101"],
  ["bit varying", "bit(3)", "101"],
  ["text", "character(3)", "abc"],
  ["character varying(5)", '"char"', "a"],
  ["text", "interval", "01:02:03"],
  ["text", "numeric(5,2)", "123.45"],
])("a column %s becomes %s with its values", async (from, to, value) => {
  await stepsBetween(
    `create table t (v ${from}); insert into t values ('${value}')`,
    `create table t (v ${to})`,
  );
  expect(await values("select v::text from t")).toEqual([[value]]);
});

test("the comments of moved columns are set again, those of other objects are not", async () => {
  const comments = `comment on column t.a is 'A'; comment on column t.b is 'B'; comment on table t is 'T'`;
  const steps = await stepsBetween(
    `create table t (a int, b int, c int); ${comments}`,
    `create table t (a int, c int, b int); ${comments}`,
    { columnOrder: true },
  );
  expect(texts(steps).filter(text => text.startsWith("COMMENT"))).toEqual([
    `COMMENT ON COLUMN "public"."t"."b" IS 'B'`,
  ]);
});

test("a unique constraint of a partitioned table is dropped, also if it is invalid because its partitions lack it", async () => {
  const table = `create table p (id int not null) partition by list (id);
    create table one partition of p for values in (1); insert into p values (1);`;
  const steps = await stepsBetween(`${table} alter table only p add constraint p_key unique (id)`, table);
  expect(texts(steps)).toContain('ALTER TABLE "public"."p" DROP CONSTRAINT "p_key"');
  expect(await values("select id from one")).toEqual([[1]]);
});

test("a partitioned table that refers to itself is dropped, and replaced by one with another partition key", async () => {
  const table = (key: string): string =>
    `create table t (a int primary key, b int references t) partition by ${key} (a);`;
  const from = `${table("range")} create table t_1 partition of t for values from (1) to (9); insert into t values (1, 1);`;
  const dropped = await stepsBetween(from, "");
  expect(texts(dropped)).toEqual([
    'ALTER TABLE "public"."t" DROP CONSTRAINT "t_b_fkey"',
    'DROP TABLE "public"."t_1"',
    'DROP TABLE "public"."t"',
  ]);
  for (const { sql } of [pair.before, pair.after]) await sql.unsafe(EMPTY_DATABASE_SQL);
  await stepsBetween(from, `${table("list")} create table t_1 partition of t for values in (1);`);
  expect(await values("select a, b from t")).toEqual([[1, 1]]);
});
