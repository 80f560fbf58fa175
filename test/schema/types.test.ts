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
      { name: "n", type: "numeric(6,2)", typeKey: "numeric", typmod: 393222, collation: null },
      { name: "m", type: mood, typeKey: mood, typmod: -1, collation: null },
      { name: "inner_name", type: "text", typeKey: "text", typmod: -1, collation: null },
    ],
  });
  expect(types["public.span"]).toEqual({
    ...plain,
    ...{ kind: "range", name: "span", subtype: "numeric" },
    ...{ operatorClass: null, collation: null, canonical: null, subtypeDiff: null },
  });
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

test("attributes and ranges have the options that are not the defaults of their types", async () => {
  await database.sql.unsafe(`create schema options; set search_path = options;
    create function minus(text, text) returns float8 language sql immutable as 'select 1';
    create type whole; create function whole(whole) returns whole language internal immutable strict as 'int4range_canonical';
    create type whole as range (subtype = int4, canonical = whole);
    create type letters as range (subtype = text, subtype_opclass = text_pattern_ops, collation = "C", subtype_diff = minus);
    create type default_letters as range (subtype = text, subtype_opclass = text_ops, collation = "default");
    create type name as (given text collate "C", family text collate "default"); reset search_path;`);
  const { types } = await loadSchema(database.sql, { schemas: ["options"] });
  const none = { operatorClass: null, collation: null, canonical: null, subtypeDiff: null };
  expect(types["options.whole"]).toMatchObject({ ...none, canonical: "options.whole" });
  expect(types["options.letters"]).toMatchObject({
    ...{ operatorClass: "text_pattern_ops", collation: '"C"', canonical: null },
    subtypeDiff: "options.minus",
  });
  expect(types["options.default_letters"]).toMatchObject(none);
  expect(types["options.name"]).toMatchObject({ attributes: [{ collation: '"C"' }, { collation: null }] });
});

test("a range has its subtype in the snapshot, and a multirange also its range", async () => {
  await database.sql.unsafe(`create schema spans; create table spans.one (id bool, r tstzrange);
    create table spans.many (id bool, r nummultirange)`);
  const { types } = await loadSchema(database.sql, { schemas: ["spans"] });
  expect(Object.keys(types).sort()).toEqual([
    ...["bool", "numeric", "nummultirange", "numrange", "timestamptz", "tstzrange"],
  ]);
  expect(types["numeric"]).toMatchObject({ kind: "base", category: "N" });
});

test("user-defined types of every kind are read in rows and in raw queries", async () => {
  const row = { id: 1, d: 5, m: "", p: { n: "1.50", m: "sad", inner_name: "x" } };
  const select = ["id", "d", "m", "p"];
  expect(await rowsWhere(database.sql, schema, "typed", { select })).toEqual([row]);
  expect(await q(database.sql, schema, expr`select id, d, m, p from ${table("typed")}`)).toEqual([row]);
});
