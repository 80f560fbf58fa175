// Partitions, views, comments, triggers and privileges, and the additions of PostgreSQL 18.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { columnsInfo, loadSchema, rowsWhere, type SchemaSnapshot, tableNames } from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { rollback, type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { ODD_CASES, ODD_CASES_18 } from "../support/odd-cases.ts";
import { isServer } from "../support/server-version.ts";

let database: TestDatabase;

let schema: SchemaSnapshot;

const isModern = isServer(18);

beforeAll(async () => {
  database = await testDatabase({ template: ODD_CASES });
  if (isModern) await database.sql.unsafe(ODD_CASES_18);
  schema = await loadSchema(database.sql);
});

afterAll(() => database.drop());

test("partitions and inherited tables have their parents, keys and bounds", () => {
  expect(relationOf(schema, "measured")).toMatchObject({
    kind: "partitioned",
    partitionKey: "RANGE (at)",
    isPartition: false,
  });
  expect(relationOf(schema, "measured_2020")).toMatchObject({
    kind: "table",
    isPartition: true,
    partitionBound: "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
    parents: [{ schema: "public", name: "measured" }],
  });
  expect(relationOf(schema, "measured_rest")).toMatchObject({ partitionBound: "DEFAULT" });
  expect(relationOf(schema, "child")).toMatchObject({
    isPartition: false,
    parents: [{ schema: "public", name: "shelf" }],
  });
  expect(columnsInfo(schema, "child")["a"]).toMatchObject({ isInherited: true, notNull: true });
});

test("the parents of a table are in the order of INHERITS, wherever the catalog stores them", async () => {
  await rollback(database.sql, async tx => {
    await tx.unsafe(`create table second (b int); create table first (a int); create table heir () inherits (first, second);
      update pg_inherits set inhseqno = inhseqno where inhparent = 'first'::regclass;
      alter table first set (fillfactor = 90)`);
    const { parents } = relationOf(await loadSchema(tx), "heir");
    expect(parents.map(({ name }) => name)).toEqual(["first", "second"]);
  });
});

test("relations have comments, row-level security, triggers and persistence", () => {
  expect(relationOf(schema, "shelf")).toMatchObject({
    comment: "a 'quoted' comment",
    rowSecurityEnabled: false,
    rowSecurityForced: false,
    policies: 0,
    triggers: { insert: true, update: true, delete: false, instead: false, fillsInsert: true },
    persistence: "permanent",
  });
  expect(columnsInfo(schema, "shelf")["b"]?.comment).toBe("of b");
  expect(relationOf(schema, "quick")).toMatchObject({
    persistence: "unlogged",
    rowSecurityEnabled: true,
    rowSecurityForced: true,
    policies: 1,
  });
});

test("a view has the columns that can be written to", () => {
  expect(relationOf(schema, "shelf_view")).toMatchObject({
    kind: "view",
    updatable: { insert: true, update: true, delete: true },
    primaryKey: null,
  });
  expect(columnsInfo(schema, "shelf_view")).toMatchObject({
    "B b": { updatable: true, nullOnRead: "unknown" },
    next: { updatable: false },
  });
  expect(relationOf(schema, "shelf_mat")).toMatchObject({
    kind: "materializedView",
    updatable: { insert: false, update: false, delete: false },
  });
});

test("the privileges are those of the role that loads the snapshot", async () => {
  const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
  await database.sql.unsafe(`create role ${role}; grant select (a, b) on shelf to ${role}`);
  try {
    await database.sql.begin(async tx => {
      await tx.unsafe(`set local role ${role}`);
      const narrow = await loadSchema(tx);
      expect(narrow.role).toBe(role);
      expect(tableNames(narrow)).toContain("shelf");
      expect(relationOf(narrow, "shelf").privileges).toEqual({
        select: false,
        insert: false,
        update: false,
        delete: false,
      });
      expect(columnsInfo(narrow, "shelf")["a"]!.privileges).toEqual({
        ...{ select: true, insert: false, update: false },
      });
      expect(await rowsWhere(tx, narrow, "shelf")).toEqual([{ a: 1, b: "x" }]);
    });
  } finally {
    await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

test.each(["select", "insert", "update", "delete"])(
  "a role has only the privilege that it was granted: %s",
  async name => {
    const role = `writer_${crypto.randomUUID().slice(0, 8)}`;
    await database.sql.unsafe(`create role ${role}; grant ${name} on shelf to ${role}`);
    try {
      await database.sql.begin(async tx => {
        await tx.unsafe(`set local role ${role}`);
        const granted = Object.entries(relationOf(await loadSchema(tx), "shelf").privileges).filter(
          ([, has]) => has,
        );
        expect(granted).toEqual([[name, true]]);
      });
    } finally {
      await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
    }
  },
);

describe("PostgreSQL 18", () => {
  test("virtual columns, constraints that are not enforced or not valid, and temporal keys", async () => {
    if (!isModern) {
      expect(schema.serverVersionNum).toBeLessThan(180_000);
      return;
    }
    expect(columnsInfo(schema, "modern")["gross"]).toMatchObject({
      generated: "virtual",
      generationExpression: "(net * 2)",
    });
    expect(columnsInfo(schema, "modern")["late"]).toMatchObject({ notNull: true, nullOnRead: "possible" });
    expect(relationOf(schema, "modern").checks).toMatchObject([{ name: "not_enforced", enforced: false }]);
    expect(relationOf(schema, "booking").primaryKey).toMatchObject({
      period: true,
      columns: ["room", "during"],
    });
    expect(await rowsWhere(database.sql, schema, "modern")).toEqual([{ id: 1, net: 2, gross: 4, late: 3 }]);
  });
});
