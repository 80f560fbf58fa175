// What PostgreSQL merges, prints in a different way or passes on to no partition of a partition.
import { expect, test } from "bun:test";
import { createTable, migrationSql } from "../../src/ddl/index.ts";
import { loadSchema, uniqueKeys } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";
import { isServer } from "../support/server-version.ts";

const { before, after, converge } = await twoDatabases();

test("unique constraints with the columns of the primary key or of another one are created", async () => {
  await converge(
    "",
    `create table t (id int primary key, n int unique, constraint n_once unique (id, n));
     alter table t add constraint id_once unique (id), add constraint n_again unique (n)`,
  );
  expect(
    await before`select conname from pg_constraint where contype = 'u' and conrelid = 't'::regclass order by conname collate "C"`.values(),
  ).toEqual([["id_once"], ["n_again"], ["n_once"], ["t_n_key"]] as never);
});

test("createTable leaves out a unique key that another key already is, and rejects one with a name", async () => {
  const schema = await loadSchema(before);
  const columns = { id: "int4", n: "text" };
  const options = { primaryKey: "id", unique: ["id", "n", ["n"]] } as const;
  const now = await createTable(before, schema, "t", columns, options);
  expect(uniqueKeys(now, "t").map(({ name }) => name)).toEqual(["t_n_key"]);
  await createTable(before, now, "t", columns, { ...options, ifNotExists: true });
  const named = { ...options, unique: [{ columns: ["id"], name: "once" }] };
  expect(createTable(before, now, "u", columns, named)).rejects.toThrow(
    "u: the unique key once has the columns of another key: id; remove it",
  );
});

test("the columns of a statistics object have no order", async () => {
  await before`create table t (a int, b int)`;
  await after`create table t (b int, a int)`;
  for (const sql of [before, after]) await sql`create statistics s on a, b from t`;
  expect(migrationSql(await loadSchema(before), await loadSchema(after))).toEqual([]);
});

test("the columns of a statistics object precede its expressions", async () => {
  const steps = await converge(
    'create table "a, b" ("x, FROM" int, y int)',
    'create table "a, b" ("x, FROM" int, y int); create statistics s (mcv) on lower(y::text), y, "x, FROM", (y + 1) from "a, b"',
  );
  expect(steps.map(({ text }) => text)).toEqual([
    'CREATE STATISTICS public.s (mcv) ON "x, FROM", y, lower(y::text), (y + 1) FROM public."a, b"',
  ]);
});

test("a NULL without a type in the SELECT of a rule, which PostgreSQL prints with a name after it was read again", async () => {
  await converge(
    "create table t (a int, b text)",
    `create table t (a int, b text);
     create rule r as on insert to t do also insert into t select new.a, null from t where false;
     create rule s as on delete to t do also insert into t select 1, 'NULL::unknown AS unknown' where false`,
  );
});

const PARTITIONS = { partitions: true } as const;
const PARTS = `partition by list (id); create table p_rest partition of p default`;

test("a new partition whose rows may be in the default partition is marked", async () => {
  const steps = await converge(
    `create table p (id int) ${PARTS}`,
    `create table p (id int) ${PARTS}; create table p_1 partition of p for values in (1)`,
    PARTITIONS,
  );
  expect(steps.flatMap(({ mayFail }) => mayFail ?? [])).toEqual([
    "public.p_rest: existing rows may belong to public.p_1",
  ]);
});

test("a new partition is attached after those that exist, also if they are detached for a change", async () => {
  const steps = await converge(
    `create table p (id int) ${PARTS}`,
    `create table p (id int, n int) ${PARTS}; create table p_1 partition of p for values in (1)`,
    PARTITIONS,
  );
  expect(steps.slice(-2)).toEqual([
    { text: 'ALTER TABLE "public"."p" ATTACH PARTITION "public"."p_rest" DEFAULT' },
    {
      text: 'ALTER TABLE "public"."p" ATTACH PARTITION "public"."p_1" FOR VALUES IN (1)',
      mayFail: "public.p_rest: existing rows may belong to public.p_1",
    },
  ]);
});

test("a unique index of a new materialized view is marked", async () => {
  const steps = await converge(
    "create table t (id int)",
    "create table t (id int); create materialized view m as select id from t; create unique index m_id on m (id)",
  );
  expect(steps.flatMap(({ mayFail }) => mayFail ?? [])).toEqual([
    "public.m: existing rows may have equal values in m_id",
  ]);
});

// Since PostgreSQL 17 a partition has the identity column of its parent.
test.if(isServer(17))("a partition of a partition gets the identity column of a new parent", async () => {
  const parts = `partition by list (id); create table p_1 partition of p for values in (1, 2) partition by list (id);
    create table p_2 partition of p_1 default`;
  await converge(
    `create table p (id int) ${parts}`,
    `create table p (id int, n int generated always as identity) ${parts}`,
    PARTITIONS,
  );
  await before`insert into p values (1)`;
  expect(await before`select id, n from p_2`.values()).toEqual([[1, 1]] as never);
});

test.if(isServer(17))("a partition without the identity column of its parent gets it", async () => {
  const parent = "create table p (id int, n int generated always as identity) partition by list (id)";
  await converge(
    `${parent}; create table p_1 (id int, n int not null) partition by list (id);
     create table p_2 partition of p_1 default; alter table p attach partition p_1 for values in (1)`,
    `${parent}; create table p_1 partition of p for values in (1) partition by list (id); create table p_2 partition of p_1 default`,
    PARTITIONS,
  );
});

test("columns with rows of a table are named where PostgreSQL rejects its change", async () => {
  const note = "drop column public.u.t, which has rows of public.t, and recreate it after this migration";
  await before.unsafe(
    "create domain d as int check (value > 0); create table t (a int); create table u (t t)",
  );
  for (const change of ["create table t (a int, b d)", "create unlogged table t (a int)"]) {
    await after.unsafe(
      `drop schema public cascade; create schema public; create domain d as int check (value > 0); ${change}; create table u (t t)`,
    );
    const steps = migrationSql(await loadSchema(before), await loadSchema(after));
    expect(steps.filter(({ manual }) => manual).map(({ text }) => text)).toEqual([`-- manual: ${note}`]);
  }
});

test("a domain gets a check before a new table has its array", async () => {
  const domain = (value: string): string =>
    `create domain d as text constraint ok check (value <> '${value}');`;
  await converge(
    `${domain("a")} create table t (v d); insert into t values ('x')`,
    `${domain("b")} create table t (v d); create table u (l d[])`,
  );
  expect(await before`select v from t`.values()).toEqual([["x"]] as never);
});

test.if(isServer(18))("a virtual column of a table with a check gets another expression", async () => {
  const table = (expression: string): string =>
    `create table t (a int check (a > 0), v int generated always as (${expression}) virtual);`;
  await converge(`${table("a + 1")} insert into t values (5)`, table("a + 2"));
  expect(await before`select a, v from t`.values()).toEqual([[5, 7]] as never);
});
