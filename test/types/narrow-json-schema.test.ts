// The JSON Schema keywords that a CHECK adds to the keywords of the type.
import { expect, test } from "bun:test";
import { parseCheck } from "../../src/types/check-expression.ts";
import type { JsonSchema } from "../../src/types/json-forms.ts";
import { narrowJsonSchema } from "../../src/types/narrow-json-schema.ts";

const INTEGER = { type: "integer", minimum: -10, maximum: 10 };
const NUMBER = { type: "number" };
const TEXT = { type: "string" };
const DECIMAL = { type: "string", pattern: "^-?\\d+$" };
const LIST = { type: "array" };
const LARGE = String(Number.MAX_SAFE_INTEGER);

const CASES: readonly [schema: object, check: string, keywords: object][] = [
  [INTEGER, "c > 3", { minimum: 4 }],
  [INTEGER, "c >= 3", { minimum: 3 }],
  [INTEGER, "c > -20", { minimum: -10 }],
  [INTEGER, "c < 3", { maximum: 2 }],
  [INTEGER, "c <= 3", { maximum: 3 }],
  [INTEGER, "c < 20", { maximum: 10 }],
  [INTEGER, "c > 2.5", { minimum: 3 }],
  [INTEGER, "c >= 2.5", { minimum: 3 }],
  [INTEGER, "c < 2.5", { maximum: 2 }],
  [INTEGER, "c <= 2.5", { maximum: 2 }],
  [{ type: "integer" }, `c < ${LARGE}`, { maximum: Number.MAX_SAFE_INTEGER - 1 }],
  [{ type: "integer" }, `c < ${LARGE}0`, {}],
  [INTEGER, "c > any (array[1, 2])", {}],
  [INTEGER, "c = 5", { enum: [5] }],
  [INTEGER, "c = any (array[1, 2])", { enum: [1, 2] }],
  [INTEGER, "c = any (array[1, 2, 3]) and c = any (array[2, 3, 4])", { enum: [2, 3] }],
  [INTEGER, "c = 5 and c = 6", { enum: [5] }],
  [INTEGER, "c = all (array[1, 2])", {}],
  [INTEGER, "c = all (array[1])", { enum: [1] }],
  [INTEGER, "c <> 5", { not: { enum: [5] } }],
  [INTEGER, "c <> 5 and c <> 6", { not: { enum: [5, 6] } }],
  [INTEGER, "c <> all (array[5, 6])", { not: { enum: [5, 6] } }],
  [INTEGER, "c <> any (array[5])", { not: { enum: [5] } }],
  [INTEGER, "c <> any (array[5, 6])", {}],
  [NUMBER, "c > 1.5", { exclusiveMinimum: 1.5 }],
  [NUMBER, "c > 1.5 and c > 0", { exclusiveMinimum: 1.5 }],
  [NUMBER, "c >= 1.5", { minimum: 1.5 }],
  [NUMBER, "c < 1.5 and c < 2", { exclusiveMaximum: 1.5 }],
  [NUMBER, "c <= 1.5", { maximum: 1.5 }],
  [TEXT, "c = 'a'", { enum: ["a"] }],
  [TEXT, "c <> ''", { not: { enum: [""] } }],
  [TEXT, "c > 'a'", {}],
  [DECIMAL, "c = 5", {}],
  [DECIMAL, "c <> 5", {}],
  [DECIMAL, "c > 5", {}],
  [TEXT, "length(c) > 2", { minLength: 3 }],
  [TEXT, "length(c) >= 0", {}],
  [TEXT, "length(c) > 0", { minLength: 1 }],
  [TEXT, "length(c) < 3", { maxLength: 2 }],
  [TEXT, "length(c) < 0", { maxLength: 0 }],
  [TEXT, "char_length(c) <= 3", { maxLength: 3 }],
  [TEXT, "char_length(c) = 3", { minLength: 3, maxLength: 3 }],
  [TEXT, "length(c) = 0", { maxLength: 0 }],
  [TEXT, "length(c) <> 0", { minLength: 1 }],
  [TEXT, "length(c) <> 3", {}],
  [TEXT, "octet_length(c) < 3", {}],
  [{ ...TEXT, minLength: 5, maxLength: 6 }, "length(c) > 2 and length(c) < 9", {}],
  [LIST, "cardinality(c) > 0", { minItems: 1 }],
  [LIST, "cardinality(c) <= 2", { maxItems: 2 }],
  [LIST, "length(c) <= 2", {}],
];

for (const [schema, check, keywords] of CASES)
  test(`${check} on ${JSON.stringify(schema)} adds ${JSON.stringify(keywords)}`, () => {
    const narrowed = narrowJsonSchema(schema as JsonSchema, parseCheck(check)!);
    expect(narrowed as object).toEqual({ ...schema, ...keywords });
    const nullable = narrowJsonSchema(
      { anyOf: [schema, { type: "null" }] } as JsonSchema,
      parseCheck(check)!,
    );
    expect((nullable["anyOf"] as object[])[0]!).toEqual({ ...schema, ...keywords });
  });
