import type { Codec, Family } from "../../types/codec.ts";
import type { JsonObject } from "./open-api-info.ts";

/** Whether a value is sent by the server or by a client. */
export type Direction = "output" | "input";

/** The JSON Schema of a value that is not null. */
export function valueSchema(codec: Codec, direction: Direction): JsonObject {
  const { shape } = codec;
  switch (shape.kind) {
    case "scalar":
      return scalarSchema(codec, shape.family, direction);
    case "enum":
      return { type: "string", enum: shape.labels };
    case "array": {
      const element = nullableSchema(valueSchema(shape.element, direction));
      return { type: "array", items: { anyOf: [element, { type: "array" }] } };
    }
    case "composite":
      return {
        type: "object",
        properties: recordOf(
          shape.fields.map(({ name, codec: field }) => [name, nullableSchema(valueSchema(field, direction))]),
        ),
        required: shape.fields.map(({ name }) => name),
        additionalProperties: false,
      };
    case "range":
      return rangeSchema(shape.subtype, direction);
    default:
      return { type: "array", items: valueSchema(shape.range, direction) };
  }
}

/** A schema that also accepts null. */
export function nullableSchema(schema: JsonObject): JsonObject {
  if (Object.keys(schema).length === 0) return schema;
  return { anyOf: [schema, { type: "null" }] };
}

/** An object with any names, `__proto__` too. */
export function recordOf(entries: Iterable<readonly [string, unknown]>): JsonObject {
  const record: Record<string, unknown> = {};
  for (const [name, value] of entries) Object.defineProperty(record, name, { value, enumerable: true });
  return record;
}

function rangeSchema(subtype: Codec, direction: Direction): JsonObject {
  const bound = nullableSchema(valueSchema(subtype, direction));
  const object = {
    type: "object",
    properties: { lower: bound, upper: bound, bounds: { type: "string", enum: ["[)", "[]", "(]", "()"] } },
    required: ["lower", "upper", "bounds"],
    additionalProperties: false,
  };
  return {
    anyOf: [object, direction === "input" ? { type: "string" } : { type: "string", enum: ["empty"] }],
  };
}

const INTEGERS: Readonly<Record<string, readonly [minimum: number, maximum: number]>> = {
  int2: [-32_768, 32_767],
  int4: [-2_147_483_648, 2_147_483_647],
};
const UNSIGNED = [0, 4_294_967_295] as const;

function scalarSchema(codec: Codec, family: Family, direction: Direction): JsonObject {
  switch (family) {
    case "integer": {
      const [minimum, maximum] = INTEGERS[codec.castType] ?? UNSIGNED;
      return { type: "integer", minimum, maximum };
    }
    case "bigint":
      return bigintSchema(codec, direction);
    case "numeric":
      return direction === "input" ? { type: ["string", "number"] } : { type: "string" };
    case "float":
      return {
        anyOf: [{ type: "number" }, { type: "string", enum: ["NaN", "Infinity", "-Infinity"] }],
      };
    case "boolean":
      return { type: "boolean" };
    case "datetime":
      return datetimeSchema(codec);
    case "bytes":
      return { type: "string", pattern: "^\\\\x([0-9A-Fa-f]{2})*$" };
    case "json":
      return codec.form === "string" ? { type: "string", contentMediaType: "application/json" } : {};
    case "geometry":
      return { type: "object" };
    case "bits":
      return { type: "string", pattern: "^[01]*$" };
    default:
      return codec.castType === "uuid" ? { type: "string", format: "uuid" } : { type: "string" };
  }
}

function bigintSchema({ form }: Codec, direction: Direction): JsonObject {
  const digits = { type: "string", pattern: "^-?\\d+$" };
  const integer = { type: "integer", format: "int64" };
  if (direction === "input") return { anyOf: [digits, integer] };
  return form === "string" ? digits : integer;
}

// PostgreSQL's infinity, years before Christ and after 9999 are no dates of RFC 3339.
const OTHER_DATES = { type: "string", pattern: "infinity$| BC$|^[+-]?\\d{5,}-" };

function datetimeSchema({ castType, form }: Codec): JsonObject {
  if (castType === "date") return { anyOf: [{ type: "string", format: "date" }, OTHER_DATES] };
  if (form !== "Date") return { type: "string" };
  return { anyOf: [{ type: "string", format: "date-time" }, OTHER_DATES] };
}
