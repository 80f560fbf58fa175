import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  attachPartition,
  attachPartitionSql,
  createPartitions,
  createPartitionsSql,
  detachPartition,
  detachPartitionSql,
  type PartitionUnit,
} from "../../src/ddl/index.ts";
import { snapshotJson } from "../../src/files/index.ts";
import { expr, loadSchema, parseSchema, type SchemaSnapshot, scope, tableNames } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;
const now = new Date("2026-11-28T12:30:00Z");

beforeAll(async () => {
  database = await testDatabase();
  ({ sql } = database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql.unsafe(`drop schema public cascade; create schema public;
    create table reading (at timestamptz not null, value int) partition by range (at);
    create table visit (day date not null) partition by range (day);
    create table bill (id int, "On" timestamp not null) partition by range ("On");
    create table kind (id int, name text) partition by list (name);
    create table plain (at timestamptz not null, value int)`);
  schema = await loadSchema(sql);
});

async function partitions(of: string): Promise<unknown> {
  return await sql
    .unsafe(`select c.relname::text, pg_get_expr(c.relpartbound, c.oid) from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = '${of}'::regclass order by 1`)
    .values()
    .then(rows => [...rows]);
}

test("partitions are created for the current period and the next ones", async () => {
  await createPartitions(sql, schema, "visit", { by: "day", ahead: 2, now });
  expect(await partitions("visit")).toEqual([
    ["visit_20261128", "FOR VALUES FROM ('2026-11-28') TO ('2026-11-29')"],
    ["visit_20261129", "FOR VALUES FROM ('2026-11-29') TO ('2026-11-30')"],
    ["visit_20261130", "FOR VALUES FROM ('2026-11-30') TO ('2026-12-01')"],
  ]);
});

test("calls at the same time wait for each other, and each returns all partitions", async () => {
  const pool = database.connect({ max: 4 });
  const calls = [1, 2, 3, 4].map(() => createPartitions(pool, schema, "visit", { by: "day", ahead: 2, now }));
  for (const result of await Promise.all(calls))
    expect(tableNames(result, { partitions: true }).filter(name => name.startsWith("visit_"))).toEqual([
      "visit_20261128",
      "visit_20261129",
      "visit_20261130",
    ]);
  await pool.close();
});

test("the name of a partition keeps its period if the name of the table is long", async () => {
  const name = "é".repeat(31);
  await sql.unsafe(`create table ${name} (day date not null) partition by range (day)`);
  await createPartitions(sql, await loadSchema(sql), name, { by: "day", ahead: 1, now });
  expect(await partitions(name)).toEqual([
    [`${"é".repeat(27)}_20261128`, "FOR VALUES FROM ('2026-11-28') TO ('2026-11-29')"],
    [`${"é".repeat(27)}_20261129`, "FOR VALUES FROM ('2026-11-29') TO ('2026-11-30')"],
  ]);
});

test.each<[PartitionUnit, string, string, string]>([
  ["hour", "reading_2026112812", "2026-11-28 12:00:00+00", "2026-11-28 13:00:00+00"],
  ["day", "reading_20261128", "2026-11-28 00:00:00+00", "2026-11-29 00:00:00+00"],
  ["week", "reading_20261123", "2026-11-23 00:00:00+00", "2026-11-30 00:00:00+00"],
  ["month", "reading_202611", "2026-11-01 00:00:00+00", "2026-12-01 00:00:00+00"],
  ["year", "reading_2026", "2026-01-01 00:00:00+00", "2027-01-01 00:00:00+00"],
])("a partition of one %s", (by, name, from, to) => {
  expect(createPartitionsSql(schema, "reading", { by, ahead: 0, now })).toEqual([
    `CREATE TABLE "public"."${name}" PARTITION OF "public"."reading" FOR VALUES FROM ('${from}') TO ('${to}')`,
  ]);
});

test("existing partitions remain and those older than keep are dropped, in any time zone of the session", async () => {
  const options = { by: "day", ahead: 1, keep: 1 } as const;
  const berlin = database.connect({ connection: { TimeZone: "Europe/Berlin" } });
  schema = await createPartitions(berlin, schema, "reading", { ...options, now });
  expect(createPartitionsSql(schema, "reading", { ...options, now })).toEqual([]);
  const later = new Date("2026-12-01T00:00:00Z");
  expect(createPartitionsSql(schema, "reading", { ...options, now: later })).toEqual([
    'DROP TABLE "public"."reading_20261128"',
    'DROP TABLE "public"."reading_20261129"',
    ...["2026-12-01", "2026-12-02"].map(
      (day, index) =>
        `CREATE TABLE "public"."reading_${day.replaceAll("-", "")}" PARTITION OF "public"."reading" FOR VALUES FROM ('${day} 00:00:00+00') TO ('2026-12-0${index + 2} 00:00:00+00')`,
    ),
  ]);
  schema = await createPartitions(berlin, schema, "reading", { ...options, detach: true, now: later });
  expect(tableNames(schema)).toContain("reading_20261128");
  expect(((await partitions("reading")) as string[][]).map(([name]) => name)).toEqual([
    "reading_20261201",
    "reading_20261202",
  ]);
});

test("a larger partition covers a period, and a new snapshot is read", async () => {
  await sql.unsafe(
    "create table bill_2026 partition of bill for values from ('2026-01-01') to ('2027-01-01')",
  );
  const stored = parseSchema(snapshotJson(schema));
  const sent: string[] = [];
  const onStatement = ({ text }: { readonly text: string }): void => void sent.push(text);
  await createPartitions(sql, stored, "bill", { by: "month", ahead: 2, now, onStatement });
  expect(sent).toEqual([
    `CREATE TABLE "public"."bill_202701" PARTITION OF "public"."bill" FOR VALUES FROM ('2027-01-01 00:00:00') TO ('2027-02-01 00:00:00')`,
  ]);
});

test.each([
  ["2026-11-28 12:00", "2026-11-30"],
  ["2026-11-28", "2026-11-28 12:00"],
])("a partition from %s to %s does not cover the day", async (from, to) => {
  await sql.unsafe(`create table half partition of bill for values from ('${from}') to ('${to}')`);
  const sent = createPartitionsSql(await loadSchema(sql), "bill", { by: "day", ahead: 0, now });
  expect(sent).toHaveLength(1);
});

test("unbounded and default partitions are never dropped", async () => {
  await sql.unsafe(`create table reading_rest partition of reading default;
    create table reading_old partition of reading for values from (minvalue) to ('2020-01-01 00:00+00');
    create table reading_new partition of reading for values from ('2030-01-01 00:00+00') to (maxvalue)`);
  schema = await loadSchema(sql);
  expect(
    createPartitionsSql(schema, "reading", { by: "year", ahead: 0, keep: 0, now: new Date("2035-05-05") }),
  ).toEqual(['DROP TABLE "public"."reading_old"']);
});

test("no partition is created for a period with rows in the default partition, and the result says how to proceed", async () => {
  await sql.unsafe(
    `create table reading_rest partition of reading default; insert into reading values ('${now.toISOString()}', 1)`,
  );
  schema = await loadSchema(sql);
  await expect(createPartitions(sql, schema, "reading", { by: "day", ahead: 1, now })).rejects.toThrow(
    'updated partition constraint for default partition "reading_rest" would be violated by some row [23514]; first move the rows of the new partition out of the default partition',
  );
  expect(await partitions("reading")).toEqual([["reading_rest", "DEFAULT"]]);
});

test("invalid tables and options are rejected before anything is sent", async () => {
  const options = { by: "day", ahead: 1 } as const;
  expect(() => createPartitionsSql(schema, "kind", options)).toThrow(
    "kind is partitioned by LIST (name); createPartitions requires a range of one column of type date, timestamp or timestamptz",
  );
  expect(() => createPartitionsSql(schema, "plain", options)).toThrow(
    "plain is a table, not a partitioned table",
  );
  for (const ahead of [-1, 1.5, Number.NaN])
    expect(() => createPartitionsSql(schema, "reading", { ...options, ahead })).toThrow(
      `ahead must be a non-negative integer, received ${ahead}`,
    );
  expect(() => createPartitionsSql(schema, "reading", { ...options, by: "decade" as never })).toThrow(
    'by must be "hour", "day", "week", "month" or "year", received "decade"',
  );
  expect(() => createPartitionsSql(schema, "visit", { ...options, by: "hour" })).toThrow(
    'visit is partitioned by a date, so by must be "day" or longer',
  );
  await expect(
    createPartitions(sql, scope(schema, { reading: { value: 1 } }), "reading", options),
  ).rejects.toMatchObject({ name: "ScopeError" });
});

test("a table is attached with its bounds and detached again with its rows", async () => {
  await sql.unsafe("insert into plain values ('2025-05-05 00:00+00', 7)");
  const bounds = expr`FROM (${"2025-01-01 00:00:00+00"}) TO (${"2026-01-01 00:00:00+00"})`;
  schema = await attachPartition(sql, schema, "reading", "plain", bounds);
  expect(await sql`select value from reading`.values()).toEqual([[7]] as never);
  expect(tableNames(schema)).not.toContain("plain");
  expect(detachPartitionSql(schema, "reading", "plain")).toEqual([
    'ALTER TABLE "public"."reading" DETACH PARTITION "public"."plain"',
  ]);
  schema = await detachPartition(sql, schema, "reading", "plain", { concurrently: true });
  expect(tableNames(schema)).toContain("plain");
  expect(await sql`select value from plain`.values()).toEqual([[7]] as never);
  expect(attachPartitionSql(schema, "reading", "plain", "default")).toEqual([
    'ALTER TABLE "public"."reading" ATTACH PARTITION "public"."plain" DEFAULT',
  ]);
  await expect(detachPartition(sql, schema, "reading", "plain")).rejects.toThrow(
    "plain is not a partition of reading",
  );
});
