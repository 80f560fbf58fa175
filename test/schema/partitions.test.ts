import { expect, test } from "bun:test";
import { createPartitions, migrationSql, schemaSql } from "../../src/ddl/index.ts";
import { diagram, generateModule, snapshotJson } from "../../src/files/index.ts";
import {
  assertFresh,
  fingerprint,
  insert,
  loadSchema,
  parseSchema,
  rowsWhere,
  schemaDiff,
  tableNames,
} from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema: empty, sql } = await testTables(`
  create table place (id int primary key);
  create table reading (at timestamptz not null, place int references place, value float8, primary key (at, place))
    partition by range (at)`);
const now = new Date("2026-11-28T12:00:00Z");
const schema = await createPartitions(sql, empty, "reading", { by: "day", ahead: 59, now });

test("tableNames returns the partitioned table, and its partitions only with partitions: true", () => {
  expect(tableNames(schema)).toEqual(["place", "reading"]);
  const all = tableNames(schema, { partitions: true });
  expect(all).toHaveLength(62);
  expect(all.slice(0, 3)).toEqual(["place", "reading", "reading_20261128"]);
});

test("a generated module and a diagram contain only the partitioned table", async () => {
  expect(generateModule(schema)).toBe(generateModule(empty));
  expect(snapshotJson(schema)).toBe(snapshotJson(empty));
  expect(diagram(schema, { format: "mermaid" })).toBe(diagram(empty, { format: "mermaid" }));
  expect(generateModule(schema, { partitions: true })).toContain("export interface Reading20261128Row {");
  expect(parseSchema(snapshotJson(schema, { partitions: true })).relations).toHaveLength(62);
});

test("a new partition does not make a snapshot stale", async () => {
  expect(fingerprint(schema)).toBe(fingerprint(empty));
  expect(schemaDiff(empty, schema)).toEqual([]);
  await assertFresh(sql, empty);
  await assertFresh(sql, parseSchema(snapshotJson(empty)));
  const options = { partitions: true };
  expect(fingerprint(schema, options)).not.toBe(fingerprint(empty, options));
  expect(schemaDiff(empty, schema, options).slice(0, 1)).toEqual(["table public.reading_20261128: added"]);
});

test("migrationSql proposes no partitions of an existing table, and changes all of them through the parent", async () => {
  expect(migrationSql(schema, empty)).toEqual([]);
  expect(migrationSql(empty, schema)).toEqual([]);
  expect(migrationSql(empty, schema, { partitions: true })[0]!.text).toStartWith(
    'CREATE TABLE "public"."reading_20261128"',
  );
  await sql
    .begin(async tx => {
      await tx.unsafe("alter table reading add note text, alter value type numeric");
      const changed = await loadSchema(tx);
      const steps = migrationSql(schema, changed).map(({ text }) => text);
      expect(steps).toEqual([
        'ALTER TABLE "public"."reading" ALTER COLUMN "value" TYPE numeric USING "value"::numeric',
        'ALTER TABLE "public"."reading" ADD COLUMN "note" text',
      ]);
      await tx.unsafe("alter table reading drop note, alter value type float8");
      for (const text of steps) await tx.unsafe(text);
      expect(schemaDiff(await loadSchema(tx), changed, { partitions: true })).toEqual([]);
      throw new Error("roll back");
    })
    .catch(error => expect(error.message).toBe("roll back"));
});

test("a partition that is a separate table in the other snapshot is attached, not dropped", async () => {
  await sql
    .begin(async tx => {
      await tx.unsafe("alter table reading detach partition reading_20261128");
      const detached = await loadSchema(tx);
      expect(migrationSql(detached, schema).filter(({ destructive }) => destructive !== undefined)).toEqual(
        [],
      );
      expect(migrationSql(detached, schema).at(-1)!.text).toContain(
        'ALTER TABLE "public"."reading" ATTACH PARTITION "public"."reading_20261128"',
      );
      throw new Error("roll back");
    })
    .catch(error => expect(error.message).toBe("roll back"));
});

test("schemaSql creates the partitions of a new table", () => {
  expect(schemaSql(schema).match(/PARTITION OF|ATTACH PARTITION/g)).toHaveLength(60);
});

test("a snapshot without the partitions can read and write all rows of the table", async () => {
  const stored = parseSchema(snapshotJson(schema));
  await insert(sql, stored, "place", { id: 1 });
  const row = { at: new Date("2026-12-01T00:00:00Z"), place: 1, value: 1.5 };
  await insert(sql, stored, "reading", row);
  expect(await rowsWhere(sql, stored, "reading")).toEqual([row]);
  await expect(insert(sql, stored, "reading", row)).rejects.toMatchObject({ name: "ConstraintError" });
});
