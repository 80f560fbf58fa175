// The JSON Schema of the operators that search inside a value: it describes the forms that the operators accept.
import { expect, test } from "bun:test";
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { filterSchema } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables(
  "create table item (id int primary key, tags text[], span int4range, spans int4multirange, doc jsonb, name text)",
);
const filter = filterSchema(schema, "item");
const properties = toJsonSchema(filter as never).properties!;

/** Operator → the types of its operand, for an array or an object. */
function forms(column: string): unknown {
  const { anyOf } = properties[column] as { anyOf: JsonSchema[] };
  const operators = anyOf.find(one => one.properties !== undefined && "isNull" in one.properties)!
    .properties!;
  const types = (one: JsonSchema): unknown =>
    one.anyOf === undefined ? (one.type ?? "any") : (one.anyOf as JsonSchema[]).flatMap(types);
  return ["contains", "containedBy", "overlaps"].flatMap(name =>
    operators[name] === undefined ? [] : [[name, types(operators[name] as JsonSchema)]],
  );
}

const RANGE = ["object", "string"];
const RANGES = [...RANGE, "array"];
const SEARCHES = ["contains", "containedBy", "overlaps"];

test.each<[string, unknown[]]>([
  ["tags", SEARCHES.map(name => [name, "array"])],
  ["span", SEARCHES.map(name => [name, name === "contains" ? [...RANGE, "integer"] : RANGE])],
  ["spans", SEARCHES.map(name => [name, name === "contains" ? [...RANGES, "integer"] : RANGES])],
  [
    "doc",
    [
      ["contains", "any"],
      ["containedBy", "any"],
    ],
  ],
  ["name", []],
])("the operators of %s", (column, expected) => {
  expect(forms(column)).toEqual(expected);
});

test.each([
  ["an element", { span: { contains: 1 } }, true],
  ["a list of ranges for a range", { span: { contains: [1] } }, false],
  ["an element in a range that is contained", { span: { containedBy: 1 } }, false],
  [
    "a list of ranges for a multirange",
    { spans: { contains: [{ lower: 1, upper: 2, bounds: "[)" }] } },
    true,
  ],
])("%s: %j is accepted: %p", (_, value, isAccepted) => {
  expect(v.is(filter, value)).toBe(isAccepted);
});
