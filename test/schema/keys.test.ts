import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  foreignKeys,
  loadSchema,
  pkCols,
  referencedBy,
  type SchemaSnapshot,
  uniqueKeys,
} from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
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

test("a composite key is in key order, not in column order", () => {
  expect(pkCols(schema, "shelf")).toEqual(["c", "a", "b"]);
  expect(relationOf(schema, "shelf").primaryKey).toEqual({
    name: "shelf_pkey",
    columns: ["c", "a", "b"],
    expressions: [],
    keyOptions: [],
    include: [],
    predicate: null,
    method: "btree",
    options: [],
    isConstraint: true,
    deferrable: false,
    initiallyDeferred: false,
    nullsNotDistinct: false,
    valid: true,
    period: false,
    conflictTarget: "doUpdate",
    comment: "of the key",
  });
  expect(pkCols(schema, "empty")).toEqual([]);
});

test("unique keys have predicate, expressions, included columns, NULL handling and whether they can be conflict targets", () => {
  const plain = {
    expressions: [],
    keyOptions: [],
    include: [],
    predicate: null,
    method: "btree",
    options: [],
    isConstraint: false,
    deferrable: false,
    initiallyDeferred: false,
    nullsNotDistinct: false,
    valid: true,
    period: false,
    conflictTarget: "doUpdate" as const,
    comment: null,
  };
  expect(uniqueKeys(schema, "box")).toEqual([
    { ...plain, name: "box_expression", columns: [null, "x"], expressions: ["lower(y)"] },
    { ...plain, name: "box_include", columns: ["x", "z"], include: ["y"] },
    { ...plain, name: "box_partial", columns: ["x"], predicate: "(z > 0)" },
    { ...plain, name: "box_w_key", columns: ["w"], isConstraint: true, nullsNotDistinct: isServer(15) },
    { ...plain, name: "box_x_y_key", columns: ["x", "y"], isConstraint: true },
    {
      ...plain,
      name: "box_y_key",
      columns: ["y"],
      isConstraint: true,
      deferrable: true,
      initiallyDeferred: true,
      conflictTarget: "none",
    },
  ]);
});

test("a deferrable key that is not deferred initially cannot be a conflict target either", async () => {
  const { sql } = database;
  await sql.unsafe("create table parcel (code text unique deferrable)");
  const [key] = uniqueKeys(await loadSchema(sql), "parcel");
  await sql.unsafe("drop table parcel");
  expect(key).toMatchObject({ deferrable: true, initiallyDeferred: false, conflictTarget: "none" });
});

test("rules for INSERT or UPDATE prevent conflict targets, other rules do not", () => {
  expect(relationOf(schema, "ruled")).toMatchObject({
    hasRules: true,
    primaryKey: { conflictTarget: "doUpdate" },
  });
  for (const table of ["write_ruled", "update_ruled"])
    expect(relationOf(schema, table)).toMatchObject({
      hasRules: true,
      primaryKey: { conflictTarget: "none" },
    });
  expect(relationOf(schema, "shelf").hasRules).toBe(false);
});

test("a composite foreign key has its column pairs in order, its actions and its timing", () => {
  const [key] = foreignKeys(schema, "box");
  expect(key).toEqual({
    name: "box_w_x_y_fkey",
    columns: ["w", "x", "y"],
    references: { schema: "public", name: "shelf", columns: ["c", "a", "b"] },
    onUpdate: "cascade",
    onDelete: "setNull",
    deleteSetColumns: isServer(15) ? ["w"] : null,
    match: "simple",
    deferrable: true,
    initiallyDeferred: true,
    validated: true,
    enforced: true,
    period: false,
    isInherited: false,
    comment: null,
  });
  expect(referencedBy(schema, "shelf")).toEqual([{ table: "box", foreignKey: key! }]);
});

test("exclusion constraints have their definition", () => {
  expect(relationOf(schema, "slot").exclusions).toEqual([
    {
      name: "slot_during_excl",
      definition: "EXCLUDE USING gist (during WITH &&)",
      deferrable: false,
      comment: null,
    },
  ]);
});
