import type { Codec, Family } from "./codec.ts";
import { type JsonForms, type JsonSchema, objectSchema } from "./json-forms.ts";
import { narrowJsonSchema } from "./narrow-json-schema.ts";

/** Whether a JSON Schema describes input, the values of rows, or the body of a request. */
export type JsonPurpose = keyof JsonForms;

/**
 * The JSON Schema of a type's values other than NULL, as far as JSON Schema can express them: it has no keyword for the syntax of
 * an interval. Of several spellings of a value it accepts the usual one, such as a decimal number without an exponent.
 */
export function codecJsonSchema(codec: Codec, purpose: JsonPurpose): JsonSchema {
  const schema = baseSchema(codec, purpose);
  return purpose === "row" ? schema : narrowJsonSchema(schema, codec.comparisons ?? []);
}

function baseSchema({ json, shape }: Codec, purpose: JsonPurpose): JsonSchema {
  if (json !== undefined) return json[purpose] ?? json.input;
  switch (shape.kind) {
    case "scalar":
      return FAMILIES[shape.family];
    case "enum":
      return { enum: shape.labels, type: "string" };
    case "array":
      return { type: "array", items: orNull(shape.element, purpose) };
    case "composite":
      return objectSchema(
        Object.fromEntries(shape.fields.map(({ name, codec }) => [name, orNull(codec, purpose)])),
      );
    case "range":
      return rangeSchema(shape.subtype, purpose);
    case "multirange":
      return { type: "array", items: codecJsonSchema(shape.range, purpose) };
  }
}

function orNull(codec: Codec, purpose: JsonPurpose): JsonSchema {
  const schema = codecJsonSchema(codec, purpose);
  return codec.rejectsNull ? schema : nullableSchema(schema);
}

/** A JSON Schema that also accepts null. */
export function nullableSchema(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

function rangeSchema(subtype: Codec, purpose: JsonPurpose): JsonSchema {
  const bound = nullableSchema(codecJsonSchema(subtype, purpose));
  const bounds = { type: "string", enum: ["[)", "[]", "(]", "()"] };
  return {
    anyOf: [objectSchema({ lower: bound, upper: bound, bounds }), { type: "string", enum: ["empty"] }],
  };
}

const TEXT: JsonSchema = { type: "string" };
const NUMBER: JsonSchema = { type: "number" };
const ANYTHING: JsonSchema = {};

const FAMILIES: { readonly [Name in Family]: JsonSchema } = {
  integer: { type: "integer" },
  float: NUMBER,
  bigint: { anyOf: [TEXT, { type: "integer" }] },
  numeric: { anyOf: [TEXT, NUMBER] },
  boolean: { type: "boolean" },
  text: TEXT,
  datetime: TEXT,
  interval: TEXT,
  bytes: { type: "string", pattern: "^\\\\x([0-9A-Fa-f]{2})*$" },
  json: ANYTHING,
  bits: TEXT,
  network: TEXT,
  geometry: { type: "object" },
  other: TEXT,
};
