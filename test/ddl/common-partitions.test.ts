import { expect, test } from "bun:test";
import { migrationSql } from "../../src/ddl/index.ts";
import { loadSchema, schemaDiff } from "../../src/index.ts";
import { twoDatabases } from "../support/converge.ts";

const { before, after, converge } = await twoDatabases();

const BY_A = "create table t (a int, b int) partition by range (a);";
const BY_B = "create table t (a int, b int) partition by list (b);";
const T1 = "create table t1 partition of t for values from (0) to (10)";
const NESTED = `${T1} partition by list (b); create table t11 partition of t1 for values in (1);`;
const OWN = "create table t1 (a int, b int) partition by list (b);";
const OWN_NESTED = `${OWN} create table t11 partition of t1 for values in (1);`;
const ROWS = "insert into t values (1, 1)";

async function textsBetween(first: string, second: string): Promise<readonly string[]> {
  return (await converge(first, second)).map(({ text }) => text);
}

/** The partitions of the first database with their parents and bounds. */
async function partitions(): Promise<readonly unknown[]> {
  return [
    ...(await before
      .unsafe(
        "select i.inhrelid::regclass::text, i.inhparent::regclass::text, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i join pg_class c on c.oid = i.inhrelid order by 1",
      )
      .values()),
  ];
}

async function rowsOf(table: string): Promise<readonly unknown[]> {
  return [...(await before.unsafe(`select a, b from ${table}`).values())];
}

test.each([
  ["a partition", `${BY_A} ${T1};`, BY_A],
  ["a partition of a partition", `${BY_A} ${NESTED}`, `${BY_A} ${T1} partition by list (b);`],
  ["a partitioned partition", `${BY_A} ${NESTED}`, BY_A],
  ["a partition with different bounds", `${BY_A} ${T1};`, `${BY_A} ${T1.replace("10", "20")};`],
  ["a partition that is partitioned in one", `${BY_A} ${NESTED}`, `${BY_A} ${T1};`],
])(
  "%s of a table that both databases partition in the same way is not proposed",
  async (_what, first, second) => {
    await before.unsafe(first);
    await after.unsafe(second);
    const [one, other] = await Promise.all([loadSchema(before), loadSchema(after)]);
    expect(migrationSql(one, other)).toEqual([]);
    expect(migrationSql(other, one)).toEqual([]);
    expect(migrationSql(one, other, { partitions: true })).not.toEqual([]);
  },
);

test("a table that is partitioned differently is recreated with the partitions of the second database", async () => {
  await converge(`${BY_A} ${T1};`, `${BY_B} create table t1 partition of t for values in (1, 2);`);
  expect(await partitions()).toEqual([["t1", "t", "FOR VALUES IN (1, 2)"]]);
});

test("a table that becomes partitioned gets the partitions of the second database", async () => {
  await converge("create table t (a int, b int)", `${BY_A} ${NESTED}`);
  expect(await partitions()).toEqual([
    ["t1", "t", "FOR VALUES FROM (0) TO (10)"],
    ["t11", "t1", "FOR VALUES IN (1)"],
  ]);
});

test("the partitions of a table that is no longer partitioned are dropped", async () => {
  await converge(`${BY_A} ${NESTED}`, "create table t (a int, b int)");
  expect(await before`select relname::text from pg_class where relname like 't1%'`.values()).toHaveLength(0);
});

test("a partition becomes a partition of a new table with its rows", async () => {
  const other = `${BY_A} create table u (a int, b int) partition by list (b);`;
  await converge(`${BY_A} ${T1}; ${ROWS}`, `${other} create table t1 partition of u for values in (1)`);
  expect(await partitions()).toEqual([["t1", "u", "FOR VALUES IN (1)"]]);
  expect(await rowsOf("u")).toEqual([[1, 1]]);
});

test("a partition of a dropped table becomes a partition of a different table with its rows", async () => {
  const other = "create table u (a int, b int) partition by list (b);";
  await converge(
    `${other} ${BY_A} ${T1}; ${ROWS}`,
    `${other} create table t1 partition of u for values in (1)`,
  );
  expect(await partitions()).toEqual([["t1", "u", "FOR VALUES IN (1)"]]);
  expect(await rowsOf("u")).toEqual([[1, 1]]);
});

test("a partitioned partition is detached with its partitions", async () => {
  const second = `${BY_A} ${OWN_NESTED} create table t12 partition of t1 for values in (2)`;
  expect(await textsBetween(`${BY_A} ${NESTED} ${ROWS}`, second)).toEqual([
    'ALTER TABLE "public"."t" DETACH PARTITION "public"."t1"',
  ]);
  expect(await partitions()).toEqual([["t11", "t1", "FOR VALUES IN (1)"]]);
  expect(await rowsOf("t1")).toEqual([[1, 1]]);
});

test("a partitioned table is attached with its partitions, including those that the second database lacks", async () => {
  const rows = "insert into t1 values (1, 1)";
  expect(await textsBetween(`${BY_A} ${OWN_NESTED} ${rows}`, `${BY_A} ${T1} partition by list (b)`)).toEqual([
    'ALTER TABLE "public"."t" ATTACH PARTITION "public"."t1" FOR VALUES FROM (0) TO (10)',
  ]);
  expect(await rowsOf("t")).toEqual([[1, 1]]);
});

test("a partitioned partition that leaves a table with a different partition key keeps its rows", async () => {
  await converge(`${BY_A} ${NESTED} ${ROWS}`, `${BY_B} ${OWN}`);
  expect(await partitions()).toEqual([["t11", "t1", "FOR VALUES IN (1)"]]);
  expect(await rowsOf("t1")).toEqual([[1, 1]]);
});

test("a partition of a partition is detached with its rows", async () => {
  await converge(
    `${BY_A} ${NESTED} ${ROWS}`,
    `${BY_A} ${T1} partition by list (b); create table t11 (a int, b int)`,
  );
  expect(await partitions()).toEqual([["t1", "t", "FOR VALUES FROM (0) TO (10)"]]);
  expect(await rowsOf("t11")).toEqual([[1, 1]]);
});

test("policies and rules of partitions are compared only together with the partitions", async () => {
  const policy = "create policy p on t1 using (a > 0); create rule r as on delete to t1 do also notify x;";
  await before.unsafe(`${BY_A} ${T1};`);
  await after.unsafe(`${BY_A} ${T1}; ${policy} create policy q on t using (b > 0)`);
  const [from, to] = await Promise.all([loadSchema(before), loadSchema(after)]);
  const onTable = "CREATE POLICY q ON public.t FOR ALL TO PUBLIC USING ((b > 0))";
  expect(migrationSql(from, to).map(({ text }) => text)).toEqual([onTable]);
  const ofTable = ["policy q on public.t: added", "table public.t: policies 0 → 1"];
  expect(schemaDiff(from, to)).toEqual(ofTable);
  expect(migrationSql(from, to, { partitions: true })).toHaveLength(3);
  expect(schemaDiff(from, to, { partitions: true }).toSorted()).toEqual(
    [
      ...ofTable,
      "policy p on public.t1: added",
      "rule r on public.t1: added",
      "table public.t1: has rules false → true",
      "table public.t1: policies 0 → 1",
    ].toSorted(),
  );
});

test("a schema whose partitions remain is not dropped, and a manual step names it", async () => {
  const inPart = "create schema part; create table part.t1 partition of t for values from (0) to (10);";
  await before.unsafe(`${BY_A} ${inPart} create schema unused; ${ROWS}`);
  await after.unsafe(`${BY_A} ${T1}`);
  const [from, to] = await Promise.all([loadSchema(before), loadSchema(after)]);
  expect(migrationSql(from, to).map(({ text }) => text)).toEqual([
    "-- manual: drop schema part after its partitions are moved or dropped, as partitions: true does",
    'DROP SCHEMA "unused"',
  ]);
  await converge("select", "select", { partitions: true });
});

test("partitions whose table is not in the snapshots are compared", async () => {
  const parts = `${BY_A} create schema part; create table part.t1 partition of t for values from (0) to (10) partition by list (b);`;
  await before.unsafe(`drop schema if exists part cascade; ${parts}`);
  await after.unsafe(
    `drop schema if exists part cascade; ${parts} create table part.t11 partition of part.t1 default`,
  );
  const [from, to] = await Promise.all([before, after].map(sql => loadSchema(sql, { schemas: ["part"] })));
  expect(migrationSql(from!, to!).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^CREATE TABLE "part"."t11"/),
    'ALTER TABLE "part"."t1" ATTACH PARTITION "part"."t11" DEFAULT',
  ]);
});

/** A table whose partitions have indexes, constraints and settings of their own, for a column that can be generated. */
const ownParts = (column: string): string => `
  create table t (id int not null, a int not null, b ${column}) partition by range (id); create index on t (b);
  create table t1 partition of t for values from (0) to (10); create unique index u1 on t1 (a, b);
  alter table t1 replica identity using index u1; alter table t1 add constraint c1 check (b > 1);
  create statistics s1 on a, b from t1; create index unrelated on t1 (a);
  create table t2 partition of t for values from (10) to (20) partition by range (id);
  create table t21 partition of t2 for values from (10) to (15); create index i21 on t21 (b, a); alter table t21 cluster on i21;`;

const OWN_PARTS = `select c.relname, (select array_agg(i.indexrelid::regclass::text || indisreplident || indisclustered order by i.indexrelid::regclass::text)
  from pg_index i where i.indrelid = c.oid), (select array_agg(conname) from pg_constraint where conrelid = c.oid and contype = 'c'),
  (select array_agg(stxname) from pg_statistic_ext where stxrelid = c.oid)
  from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`;

test("what a partition alone has for a recreated column is recreated", async () => {
  const [plain, generated] = [
    ownParts("int not null"),
    ownParts("int generated always as (id * 2) stored not null"),
  ];
  // A partition that only the first database has is kept.
  const production =
    "create table t3 partition of t for values from (20) to (30); create index i3 on t3 (b, id);";
  const steps = await converge(`${plain} ${production}`, generated);
  expect(steps.map(({ text }) => text)).toEqual([
    'DROP INDEX "public"."t_b_idx"',
    'ALTER TABLE "public"."t" DROP COLUMN "b"',
    'ALTER TABLE "public"."t" ADD COLUMN "b" integer GENERATED ALWAYS AS ((id * 2)) STORED NOT NULL',
    'CREATE UNIQUE INDEX "u1" ON "public"."t1" ("a", "b")',
    'ALTER TABLE "public"."t1" ADD CONSTRAINT "c1" CHECK ((b > 1))',
    'CREATE INDEX "i21" ON "public"."t21" ("b", "a")',
    'CREATE INDEX "i3" ON "public"."t3" ("b", "id")',
    'CREATE INDEX "t_b_idx" ON "public"."t" ("b")',
    'ALTER TABLE ONLY "public"."t1" REPLICA IDENTITY USING INDEX "u1"',
    "CREATE STATISTICS public.s1 ON a, b FROM public.t1",
    'ALTER TABLE ONLY "public"."t21" CLUSTER ON "i21"',
  ]);
  await before`drop table t3`;
  expect([...(await before.unsafe(OWN_PARTS).values())]).toEqual([
    ...(await after.unsafe(OWN_PARTS).values()),
  ]);
});

test("a replica identity of a partition that cannot be set again is a manual step", async () => {
  const start = "create table t (id int not null, b int not null) partition by range (id);";
  const parts = `create unique index on t (id, b); create table t1 partition of t for values from (0) to (10);
    create table t2 partition of t for values from (10) to (20); create unique index u2 on t2 (b);`;
  const identities =
    "alter table t1 replica identity using index t1_id_b_idx; alter table t2 replica identity using index u2;";
  const wanted = start.replace("b int not null", "b int generated always as (id) stored");
  const steps = await converge(start + parts + identities, wanted + parts);
  expect(steps.filter(({ manual }) => manual).map(({ text }) => text)).toEqual([
    '-- manual: ALTER TABLE ONLY "public"."t1" REPLICA IDENTITY USING INDEX "t1_id_b_idx", with the name that PostgreSQL chose for the recreated index',
    '-- manual: ALTER TABLE ONLY "public"."t2" REPLICA IDENTITY USING INDEX "u2", after b has become NOT NULL',
  ]);
});

test("a trigger of a partition alone is dropped with its function", async () => {
  const table =
    "create table p (a int) partition by list (a); create table p1 partition of p for values in (1)";
  const own = `create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger own before insert on p1 for each row execute function f()`;
  expect(await textsBetween(`${table}; ${own}`, table)).toEqual([
    'DROP TRIGGER "own" ON "public"."p1"',
    "DROP FUNCTION public.f()",
  ]);
});

test("a default of a partition alone remains when that of its table changes, and the others follow", async () => {
  const table = (
    value: string,
  ): string => `create table t (a int, b int default ${value}) partition by range (a);
    create table t1 partition of t (b default 7) for values from (0) to (10) partition by list (b);
    create table t11 partition of t1 (b default 8) default;
    create table t2 partition of t for values from (10) to (20);
    create table t3 partition of t (b) for values from (20) to (30); alter table t3 alter b drop default;`;
  expect(await textsBetween(table("1"), table("2"))).toEqual([
    'ALTER TABLE "public"."t" ALTER COLUMN "b" SET DEFAULT 2',
    'ALTER TABLE ONLY "public"."t1" ALTER COLUMN "b" SET DEFAULT 7',
    'ALTER TABLE ONLY "public"."t11" ALTER COLUMN "b" SET DEFAULT 8',
    'ALTER TABLE ONLY "public"."t3" ALTER COLUMN "b" DROP DEFAULT',
  ]);
  expect(schemaDiff(await loadSchema(before), await loadSchema(after), { partitions: true })).toEqual([]);
});

test("a default of a partition alone is converted when its column gets another type", async () => {
  const table = (
    type: string,
  ): string => `create table t (a int, b ${type} default '1') partition by range (a);
    create table t1 partition of t (b default '7') for values from (0) to (10);`;
  expect((await textsBetween(table("text"), table("int"))).at(-1)).toBe(
    `ALTER TABLE ONLY "public"."t1" ALTER COLUMN "b" SET DEFAULT ('7'::text)::int4`,
  );
  await before`insert into t1 (a) values (1)`;
  expect(await rowsOf("t")).toEqual([[1, 7]]);
});
