// Tables and columns with unusual names.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  columnsInfo,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  tableNames,
  viewNames,
} from "../../src/index.ts";
import { byName } from "../../src/schema/relation-name.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { MANY_COLUMNS, ODD_CASES, ODD_CASES_18 } from "../support/odd-cases.ts";
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

const TABLES = [
  "audit.event",
  "audit.typed",
  'He said "no"',
  "UPPER",
  "__proto__",
  "a'b\\c",
  "box",
  "child",
  "constructor",
  "dot.ted",
  "empty",
  "measured",
  "measured_2020",
  "measured_rest",
  "quick",
  "ruled",
  "select",
  "shelf",
  "slot",
  "typed",
  "update_ruled",
  "wide",
  "write_ruled",
  "🎵",
];

test("every table is listed under the name that the functions accept", () => {
  const names = tableNames(schema, { partitions: true }).filter(
    name => name !== "modern" && name !== "booking",
  );
  expect(names).toEqual(TABLES);
  expect(viewNames(schema)).toEqual(["shelf_mat", "shelf_view"]);
  expect(tableNames(schema, { schema: "audit" })).toEqual(["audit.event", "audit.typed"]);
});

test("every table of the odd cases can be read and returns the rows of plain SQL", async () => {
  for (const name of [...TABLES, ...viewNames(schema)]) {
    const { schema: namespace, name: bare } = relationOf(schema, name);
    const path = [namespace, bare].map(part => `"${part.replaceAll('"', '""')}"`).join(".");
    const [expected] = await database.sql.unsafe(`select count(*)::int from ${path}`).values();
    const rows = await rowsWhere(database.sql, schema, name);
    expect([name, rows.length]).toEqual([name, expected[0]]);
    expect([name, Object.keys(rows[0] ?? {}).sort()]).toEqual([
      name,
      rows.length === 0 ? [] : Object.keys(columnsInfo(schema, name)).sort(),
    ]);
  }
});

test("columns with any name are read as own properties", async () => {
  const [row] = await rowsWhere(database.sql, schema, "__proto__", { where: { constructor: "c" } });
  expect(Object.entries(row!)).toEqual([
    ["__proto__", 1],
    ["constructor", "c"],
    ["toString", "t"],
    ["hasOwnProperty", 2],
  ]);
  expect(await rowsWhere(database.sql, schema, "select", { where: { from: 1 }, orderBy: "order" })).toEqual([
    { from: 1, where: "x", order: 2 },
  ]);
  expect(await rowsWhere(database.sql, schema, "🎵", { select: ["ß"], where: { "🎸": "g" } })).toEqual([
    { ß: 1 },
  ]);
  expect(await rowsWhere(database.sql, schema, "a'b\\c", { where: { "%s $1 ?": "p" } })).toEqual([
    { "d'e\\f": 1, "%s $1 ?": "p" },
  ]);
});

test("a name with a dot is a table, and the quoted form of schema and table is accepted too", async () => {
  expect(await rowsWhere(database.sql, schema, "dot.ted")).toEqual([{ "x.y": 1, "two words": "w" }]);
  expect(relationOf(schema, "public.shelf")).toBe(relationOf(schema, "shelf"));
});

test("of two tables with the same name, the bare name is the one on the search path, and the other needs its schema", () => {
  expect(Object.keys(columnsInfo(schema, "audit.typed"))).toEqual(["id", "note"]);
  expect(Object.keys(columnsInfo(schema, "typed"))).toContain("doubled");
});

test("1600 columns are read in order", async () => {
  expect(Object.keys(columnsInfo(schema, "wide"))).toEqual([...MANY_COLUMNS]);
  const [row] = await rowsWhere(database.sql, schema, "wide");
  expect(row).toEqual({ ...Object.fromEntries(MANY_COLUMNS.map(name => [name, null])), c0: 1, c1599: 2 });
});

test("a table without columns has rows without columns", async () => {
  expect(await rowsWhere(database.sql, schema, "empty")).toEqual([{}]);
});

test("names are compared by their UTF-8 bytes", () => {
  const names = ["a", "b", "\ue000", "\u{1f600}", "\u{1f601}"];
  expect(names.toReversed().toSorted(byName)).toEqual(names);
  expect([byName("\u{1f600}", "\ue000"), byName("\ue000", "\u{1f600}")]).toEqual([1, -1]);
});
