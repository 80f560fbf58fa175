import type { Comparison } from "./check-expression.ts";
import type { JsonSchema } from "./json-forms.ts";

/** The JSON Schema with the comparisons of CHECK constraints, as far as JSON Schema can express them. */
export function narrowJsonSchema(schema: JsonSchema, comparisons: readonly Comparison[]): JsonSchema {
  return comparisons.reduce(narrow, schema);
}

function narrow(schema: JsonSchema, comparison: Comparison): JsonSchema {
  const { anyOf } = schema;
  if (Array.isArray(anyOf)) return { ...schema, anyOf: anyOf.map(part => narrow(part, comparison)) };
  if (comparison.fn !== undefined) return { ...schema, ...sizeKeywords(schema, comparison) };
  if (comparison.operator === "=" || comparison.operator === "<>") return narrowValues(schema, comparison);
  return { ...schema, ...boundKeywords(schema, comparison) };
}

function narrowValues(schema: JsonSchema, { operator, quantifier, constants }: Comparison): JsonSchema {
  const values = constants.map(({ text }) => (isNumber(schema) ? Number(text) : text));
  // A decimal string has several spellings.
  if (!isNumber(schema) && "pattern" in schema) return schema;
  if (operator === "<>")
    return quantifier === "all" || values.length === 1 ? withoutValues(schema, values) : schema;
  if (quantifier === "all" && values.length > 1) return schema;
  const known = (schema["enum"] as readonly unknown[] | undefined) ?? values;
  const both = known.filter(value => values.includes(value as string));
  // JSON Schema has no enum without values.
  return both.length === 0 ? schema : { ...schema, enum: both };
}

function withoutValues(schema: JsonSchema, values: readonly unknown[]): JsonSchema {
  const known = schema["not"] as { readonly enum: readonly unknown[] } | undefined;
  return { ...schema, not: { enum: [...(known?.enum ?? []), ...values] } };
}

function isNumber({ type }: JsonSchema): boolean {
  return type === "integer" || type === "number";
}

function boundKeywords(schema: JsonSchema, comparison: Comparison): JsonSchema {
  const limit = limitOf(comparison);
  if (limit === undefined || !isNumber(schema)) return {};
  const { operator } = comparison;
  if (schema["type"] === "integer") return integerKeywords(schema, operator, limit);
  switch (operator) {
    case ">":
      return { exclusiveMinimum: larger(schema["exclusiveMinimum"], limit) };
    case ">=":
      return { minimum: larger(schema["minimum"], limit) };
    case "<":
      return { exclusiveMaximum: smaller(schema["exclusiveMaximum"], limit) };
    default:
      return { maximum: smaller(schema["maximum"], limit) };
  }
}

function integerKeywords(schema: JsonSchema, operator: Comparison["operator"], limit: number): JsonSchema {
  const first = operator === ">" ? Math.floor(limit) + 1 : Math.ceil(limit);
  const last = operator === "<" ? Math.ceil(limit) - 1 : Math.floor(limit);
  return operator.startsWith(">")
    ? { minimum: larger(schema["minimum"], first) }
    : { maximum: smaller(schema["maximum"], last) };
}

// The keywords of a length; PostgreSQL and JSON Schema count code points.
function sizeKeywords(schema: JsonSchema, comparison: Comparison): JsonSchema {
  const limit = limitOf(comparison);
  const things = THINGS[`${comparison.fn} ${schema["type"]}`];
  if (limit === undefined || things === undefined) return {};
  const [least, most] = [`min${things}`, `max${things}`];
  const { minimum, maximum } = { ...bothSides(comparison.operator, limit) };
  return {
    ...(minimum !== undefined && minimum > 0 && { [least]: larger(schema[least], minimum) }),
    ...(maximum !== undefined && { [most]: smaller(schema[most], Math.max(0, maximum)) }),
  };
}

function bothSides(
  operator: Comparison["operator"],
  limit: number,
): JsonSchema & { minimum?: number; maximum?: number } {
  if (operator === "=") return { minimum: limit, maximum: limit };
  if (operator !== "<>") return integerKeywords({}, operator, limit);
  // Only for "not empty".
  return limit === 0 ? { minimum: 1 } : {};
}

const THINGS: Readonly<Record<string, string>> = {
  "length string": "Length",
  "char_length string": "Length",
  "character_length string": "Length",
  "cardinality array": "Items",
};

// One constant that a double holds exactly.
function limitOf({ constants }: Comparison): number | undefined {
  const limit = Number(constants[0]?.text);
  return constants.length === 1 && Math.abs(limit) <= Number.MAX_SAFE_INTEGER ? limit : undefined;
}

function larger(known: unknown, limit: number): number {
  return typeof known === "number" ? Math.max(known, limit) : limit;
}

function smaller(known: unknown, limit: number): number {
  return typeof known === "number" ? Math.min(known, limit) : limit;
}
