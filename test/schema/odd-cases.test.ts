import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  columnsInfo,
  enumValues,
  expr,
  foreignKeys,
  loadSchema,
  pkCols,
  q,
  referencedBy,
  rowsWhere,
  type SchemaSnapshot,
  table,
  tableNames,
  uniqueKeys,
  viewNames,
} from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { MANY_COLUMNS, ODD_CASES, ODD_CASES_18 } from "../support/odd-cases.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
let isModern: boolean;

beforeAll(async () => {
  database = await testDatabase({ template: ODD_CASES });
  const [row] = await database.sql`select current_setting('server_version_num')::int`.values();
  isModern = Number(row[0]) >= 180_000;
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
  "wide",
  "write_ruled",
  "🎵",
];

test("every table is listed by the name the functions take", () => {
  const names = tableNames(schema).filter(name => name !== "modern" && name !== "booking");
  expect(names).toEqual(TABLES);
  expect(viewNames(schema)).toEqual(["shelf_mat", "shelf_view"]);
  expect(tableNames(schema, { schema: "audit" })).toEqual(["audit.event", "audit.typed"]);
});

test("every table of the odd cases can be read, and has the rows that plain SQL has", async () => {
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

test("columns of any name are read as own properties", async () => {
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

test("a name with a dot is the table, quoted spelling of schema and table works too", async () => {
  expect(await rowsWhere(database.sql, schema, "dot.ted")).toEqual([{ "x.y": 1, "two words": "w" }]);
  expect(relationOf(schema, "public.shelf")).toBe(relationOf(schema, "shelf"));
});

test("of two tables with one name the one on the search path is meant, the other by its schema", () => {
  expect(Object.keys(columnsInfo(schema, "audit.typed"))).toEqual(["id", "note"]);
  expect(Object.keys(columnsInfo(schema, "typed"))).toContain("doubled");
});

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

test("unique keys tell predicate, expressions, included columns, NULL handling and whether they can be conflict targets", () => {
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
    { ...plain, name: "box_w_key", columns: ["w"], isConstraint: true, nullsNotDistinct: true },
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

test("rules for INSERT or UPDATE forbid conflict targets, other rules do not", () => {
  expect(relationOf(schema, "ruled")).toMatchObject({
    hasRules: true,
    primaryKey: { conflictTarget: "doUpdate" },
  });
  expect(relationOf(schema, "write_ruled")).toMatchObject({
    hasRules: true,
    primaryKey: { conflictTarget: "none" },
  });
  expect(relationOf(schema, "shelf").hasRules).toBe(false);
});

test("a composite foreign key has its pairs in order, actions and timing", () => {
  const [key] = foreignKeys(schema, "box");
  expect(key).toEqual({
    name: "box_w_x_y_fkey",
    columns: ["w", "x", "y"],
    references: { schema: "public", name: "shelf", columns: ["c", "a", "b"] },
    onUpdate: "cascade",
    onDelete: "setNull",
    deleteSetColumns: ["w"],
    match: "simple",
    deferrable: true,
    initiallyDeferred: true,
    validated: true,
    enforced: true,
    period: false,
    comment: null,
  });
  expect(referencedBy(schema, "shelf")).toEqual([{ table: "box", foreignKey: key! }]);
});

test("exclusion constraints are there with their definition", () => {
  expect(relationOf(schema, "slot").exclusions).toEqual([
    {
      name: "slot_during_excl",
      definition: "EXCLUDE USING gist (during WITH &&)",
      deferrable: false,
      comment: null,
    },
  ]);
});

const COLUMN = {
  typmod: -1,
  dimensions: 0,
  notNull: false,
  nullOnRead: "possible",
  default: null,
  identity: null,
  identityOptions: null,
  generated: null,
  generationExpression: null,
  collation: null,
  comment: null,
  privileges: { select: true, insert: true, update: true },
  updatable: true,
  isInherited: false,
} as const;

test("columns tell type with modifiers, identity, generation, default, collation and dropped neighbours", () => {
  const mood = 'audit."Mood ""x"""';
  const expected = [
    { name: "id", type: "integer", typeKey: "int4", identity: "always", notNull: true, nullOnRead: "never" },
    {
      name: "other",
      type: "integer",
      typeKey: "int4",
      identity: "byDefault",
      identityOptions: {
        type: "integer",
        start: "100",
        increment: "1",
        minimum: "1",
        maximum: "2147483647",
        cache: "1",
        cycle: false,
      },
      notNull: true,
      nullOnRead: "never",
    },
    {
      name: "d",
      type: "small_positive",
      typeKey: "public.small_positive",
      notNull: true,
      nullOnRead: "never",
    },
    { name: "e", type: "positive[]", typeKey: "public._positive", dimensions: 1 },
    {
      name: "m",
      type: mood,
      typeKey: mood,
      notNull: true,
      nullOnRead: "never",
      default: `'sad'::audit."Mood ""x"""`,
    },
    { name: "ms", type: `${mood}[]`, typeKey: 'audit."_Mood ""x"""', dimensions: 2 },
    { name: "p", type: "pair", typeKey: "public.pair" },
    { name: "ps", type: "pair[]", typeKey: "public._pair", dimensions: 1 },
    { name: "s", type: "span", typeKey: "public.span" },
    { name: "ss", type: "spans", typeKey: "public.spans" },
    { name: "v", type: "character varying(5)", typeKey: "varchar", typmod: 9 },
    { name: "c", type: "character(3)", typeKey: "bpchar", typmod: 7 },
    { name: "n", type: "numeric(5,-2)", typeKey: "numeric", typmod: 329730 },
    { name: "t", type: "timestamp(3) with time zone", typeKey: "timestamptz", typmod: 3 },
    { name: "b", type: "bit(4)", typeKey: "bit", typmod: 4 },
    { name: "i", type: "interval year to month", typeKey: "interval", typmod: 458751 },
    { name: "k", type: "code", typeKey: "public.code", collation: '"C"' },
    {
      name: "doubled",
      type: "integer",
      typeKey: "int4",
      generated: "stored",
      generationExpression: "(other * 2)",
      updatable: false,
    },
    { name: "made", type: "timestamp with time zone", typeKey: "timestamptz", default: "now()" },
    { name: "last", type: "text", typeKey: "text", position: 21 },
  ];
  expect(relationOf(schema, "typed").columns as readonly object[]).toEqual(
    expected.map((column, index) => ({ ...COLUMN, position: index + 1, ...column })),
  );
});

test("types tell enum labels in order, nested domains with their checks, attributes, ranges and arrays", () => {
  const { types } = schema;
  const mood = 'audit."Mood ""x"""';
  const plain = { schema: "public", extension: null, comment: null };
  expect(types[mood]).toEqual({
    ...plain,
    kind: "enum",
    schema: "audit",
    name: 'Mood "x"',
    labels: ["sad", "it's ok", "{}", ""],
  });
  expect(enumValues(schema, "typed", "ms")).toEqual(["sad", "it's ok", "{}", ""]);
  const check = { columns: [], validated: true, enforced: true, noInherit: false, comment: null };
  expect(types["public.small_positive"]).toEqual({
    ...plain,
    kind: "domain",
    name: "small_positive",
    base: "public.positive",
    baseTypmod: -1,
    baseType: "positive",
    collation: null,
    notNull: false,
    default: "7",
    checks: [{ ...check, name: "small_positive_check", expression: "((VALUE)::integer < 100)" }],
  });
  expect(types["public.positive"]).toMatchObject({ base: "int4", notNull: true });
  expect(types["public.code"]).toMatchObject({
    base: "varchar",
    baseTypmod: 8,
    baseType: "character varying(4)",
  });
  expect(types["public.pair"]).toEqual({
    ...plain,
    kind: "composite",
    name: "pair",
    attributes: [
      { name: "n", type: "numeric(6,2)", typeKey: "numeric", typmod: 393222 },
      { name: "m", type: mood, typeKey: mood, typmod: -1 },
      { name: "inner_name", type: "text", typeKey: "text", typmod: -1 },
    ],
  });
  expect(types["public.span"]).toEqual({ ...plain, kind: "range", name: "span", subtype: "numeric" });
  expect(types["public.spans"]).toEqual({
    ...plain,
    kind: "multirange",
    name: "spans",
    range: "public.span",
  });
  expect(types["public._pair"]).toEqual({
    ...plain,
    kind: "array",
    name: "_pair",
    element: "public.pair",
    delimiter: ",",
  });
});

test("partitions and inherited tables name their parents, keys and bounds", () => {
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

test("comments, row security, triggers and persistence are there", () => {
  expect(relationOf(schema, "shelf")).toMatchObject({
    comment: "a 'quoted' comment",
    rowSecurity: "off",
    policies: 0,
    triggers: { insert: true, update: true, delete: false, instead: false },
    persistence: "permanent",
  });
  expect(columnsInfo(schema, "shelf")["b"]?.comment).toBe("of b");
  expect(relationOf(schema, "quick")).toMatchObject({
    persistence: "unlogged",
    rowSecurity: "forced",
    policies: 1,
  });
});

test("a view tells which of its columns can be written", () => {
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

test("1600 columns are read, in order", async () => {
  expect(Object.keys(columnsInfo(schema, "wide"))).toEqual([...MANY_COLUMNS]);
  const [row] = await rowsWhere(database.sql, schema, "wide");
  expect(row).toEqual({ ...Object.fromEntries(MANY_COLUMNS.map(name => [name, null])), c0: 1, c1599: 2 });
});

test("a table without columns has rows without columns", async () => {
  expect(await rowsWhere(database.sql, schema, "empty")).toEqual([{}]);
});

test("user types of every kind are read in rows and in raw queries", async () => {
  const row = { id: 1, d: 5, m: "", p: { n: "1.50", m: "sad", inner_name: "x" } };
  const select = ["id", "d", "m", "p"];
  expect(await rowsWhere(database.sql, schema, "typed", { select })).toEqual([row]);
  expect(await q(database.sql, schema, expr`select id, d, m, p from ${table("typed")}`)).toEqual([row]);
});

test("the role's privileges are those of the role that loads", async () => {
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
      expect(await rowsWhere(tx, narrow, "shelf")).toEqual([{ a: 1, b: "x" }]);
    });
  } finally {
    await database.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

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
