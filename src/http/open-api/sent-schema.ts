import type { Codec, Family } from "../../types/codec.ts";
import { codecJsonSchema, nullableSchema } from "../../types/json-schema.ts";
import type { JsonObject } from "./open-api-info.ts";

/**
 * The JSON Schema of a value that is not null, as `respond` prints it: infinity, NaN and bytes as text, arrays of any
 * dimensions.
 */
export function sentSchema(codec: Codec): JsonObject {
  const { shape } = codec;
  switch (shape.kind) {
    case "scalar":
      return scalarSchema(codec, shape.family);
    case "enum":
      return { type: "string", enum: shape.labels };
    case "array": {
      const element = nullableSchema(sentSchema(shape.element));
      return { type: "array", items: { anyOf: [element, { type: "array" }] } };
    }
    case "composite":
      return {
        type: "object",
        properties: Object.fromEntries(
          shape.fields.map(({ name, codec: field }) => [name, nullableSchema(sentSchema(field))]),
        ),
        required: shape.fields.map(({ name }) => name),
        additionalProperties: false,
      };
    case "range":
      return rangeSchema(shape.subtype);
    default:
      return { type: "array", items: sentSchema(shape.range) };
  }
}

function rangeSchema(subtype: Codec): JsonObject {
  const bound = nullableSchema(sentSchema(subtype));
  const object = {
    type: "object",
    properties: { lower: bound, upper: bound, bounds: { type: "string", enum: ["[)", "[]", "(]", "()"] } },
    required: ["lower", "upper", "bounds"],
    additionalProperties: false,
  };
  return {
    anyOf: [object, { type: "string", enum: ["empty"] }],
  };
}

const INTEGERS: Readonly<Record<string, readonly [minimum: number, maximum: number]>> = {
  int2: [-32_768, 32_767],
  int4: [-2_147_483_648, 2_147_483_647],
};
const UNSIGNED = [0, 4_294_967_295] as const;

function scalarSchema(codec: Codec, family: Family): JsonObject {
  switch (family) {
    case "integer": {
      const [minimum, maximum] = INTEGERS[codec.castType] ?? UNSIGNED;
      return { type: "integer", minimum, maximum };
    }
    case "bigint":
      return bigintSchema(codec);
    case "numeric":
      return { type: "string" };
    case "float":
      return {
        anyOf: [{ type: "number" }, { type: "string", enum: ["NaN", "Infinity", "-Infinity"] }],
      };
    case "boolean":
      return { type: "boolean" };
    case "datetime":
      return datetimeSchema(codec);
    case "bytes":
      return codecJsonSchema(codec, "row");
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

function bigintSchema({ form }: Codec): JsonObject {
  return form === "string" ? { type: "string", pattern: "^-?\\d+$" } : { type: "integer", format: "int64" };
}

// RFC 3339 has no dates for PostgreSQL's infinity, years BC and years after 9999.
const OTHER_DATES = { type: "string", pattern: "infinity$| BC$|^[+-]?\\d{5,}-" };

function datetimeSchema({ castType, form }: Codec): JsonObject {
  if (castType === "date") return { anyOf: [{ type: "string", format: "date" }, OTHER_DATES] };
  if (form !== "Date") return { type: "string" };
  return { anyOf: [{ type: "string", format: "date-time" }, OTHER_DATES] };
}
