import { afterAll, beforeAll, expect, test } from "bun:test";
import { enumValues, expr, loadSchema, q, rowsWhere, type SchemaSnapshot, table } from "../../src/index.ts";
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

test("types have enum labels in order, nested domains with their checks, attributes, ranges and arrays", () => {
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
    baseType: "public.positive",
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

test("user types of every kind are read in rows and in raw queries", async () => {
  const row = { id: 1, d: 5, m: "", p: { n: "1.50", m: "sad", inner_name: "x" } };
  const select = ["id", "d", "m", "p"];
  expect(await rowsWhere(database.sql, schema, "typed", { select })).toEqual([row]);
  expect(await q(database.sql, schema, expr`select id, d, m, p from ${table("typed")}`)).toEqual([row]);
});
