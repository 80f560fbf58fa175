import type { Column } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import type { JsonSchema } from "../types/json-forms.ts";
import { codecJsonSchema, nullableSchema } from "../types/json-schema.ts";
import { narrowJsonSchema } from "../types/narrow-json-schema.ts";
import type { TableRule, TableRules } from "./rules.ts";

/** The versions of JSON Schema, as the Standard JSON Schema interface names them. */
type JsonSchemaTarget = "draft-2020-12" | "draft-07" | "openapi-3.0";

/** The JSON Schema of a column's values other than null, with its CHECK constraints. */
export function valueJsonSchema(
  { codec, comparisons }: TableRule,
  { purpose }: TableRules,
  given: "input" | "body" = "input",
): JsonSchema {
  return purpose === "row"
    ? codecJsonSchema(codec, "row")
    : narrowJsonSchema(codecJsonSchema(codec, given), comparisons);
}

/** The keywords of a column that do not restrict its values. */
export function columnAnnotations({ column, codec }: TableRule, { purpose }: TableRules): JsonSchema {
  const value = purpose === "insert" ? defaultValue(column, codec) : undefined;
  const isReadOnly = purpose === "row" && (column.generated !== null || column.identity === "always");
  return {
    ...(column.comment !== null && { description: column.comment }),
    ...(value !== undefined && { default: value }),
    ...(isReadOnly && { readOnly: true }),
  };
}

// A constant default as JSON; other defaults, such as now(), have no value.
function defaultValue({ default: text }: Column, codec: Codec): unknown {
  const constant = text === null ? undefined : constantText(text);
  if (constant === undefined) return undefined;
  const value = jsonValue(codecJsonSchema(codec, "input"), constant);
  return value !== undefined && codec.check(value) === undefined ? value : undefined;
}

function constantText(text: string): string | undefined {
  const quoted = /^'((?:[^']|'')*)'(?:::[^':]+)?$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  return /^(?:\d+(?:\.\d+)?|true|false)$/.test(text) ? text : undefined;
}

function jsonValue(schema: JsonSchema, text: string): unknown {
  switch (schema["type"]) {
    case "integer":
    case "number":
      // JSON has no NaN.
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "boolean":
      return text === "true";
    case "string":
      return stringValue(schema, text);
    default:
      // A decimal number has two forms, of which the string is exact; the default of a json column is left out.
      return /^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined;
  }
}

// PostgreSQL also prints values that the usual form does not have, such as infinity, years before 1 and 24:00.
function stringValue({ format, pattern }: JsonSchema, text: string): string | undefined {
  if (format === "date-time") return DATE_TIME.test(text) ? dateTime(text) : undefined;
  if (format === "date") return /^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined;
  return typeof pattern === "string" && !new RegExp(pattern, "u").test(text) ? undefined : text;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?$/;

// RFC 3339 requires the minutes of the offset.
function dateTime(text: string): string {
  return text.replace(" ", "T").replace(/[+-]\d\d$/, "$&:00");
}

/** The JSON Schema of a row of a table, or of such a row in the body of a request. */
export function tableJsonSchema(rules: TableRules, given: "input" | "body" = "input"): JsonSchema {
  const properties = [...rules.columns].map(
    ([name, rule]) => [name, columnJsonSchema(rule, rules, given)] as const,
  );
  const required = [...rules.columns].filter(([, rule]) => rule.required).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
    ...(rules.purpose === "update" && { minProperties: 1 }),
  };
}

// A schema of the caller's accepts what it wants.
function columnJsonSchema(rule: TableRule, rules: TableRules, given: "input" | "body"): JsonSchema {
  const annotations = columnAnnotations(rule, rules);
  if (rule.refinement !== undefined) return annotations;
  const value = valueJsonSchema(rule, rules, given);
  return { ...(rule.nullable ? nullableSchema(value) : value), ...annotations };
}

/** The methods of the Standard JSON Schema interface. */
export interface JsonSchemaMethods {
  input(options: { readonly target: JsonSchemaTarget }): Record<string, unknown>;
  output(options: { readonly target: JsonSchemaTarget }): Record<string, unknown>;
}

/** The methods of the Standard JSON Schema interface for a schema whose output is its input. */
export function jsonSchemaMethods(schema: () => JsonSchema): JsonSchemaMethods {
  const convert: JsonSchemaMethods["input"] = ({ target }) => ({ ...jsonSchemaFor(schema(), target) });
  return { input: convert, output: convert };
}

// OpenAPI 3.0 has no type null and other exclusive bounds.
function jsonSchemaFor(schema: JsonSchema, target: string): JsonSchema {
  if (target === "draft-2020-12")
    return { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema };
  if (target === "draft-07") return { $schema: "http://json-schema.org/draft-07/schema#", ...schema };
  if (target === "openapi-3.0") return openApi3(schema) as JsonSchema;
  throw new Error(`target must be draft-2020-12, draft-07 or openapi-3.0, received ${target}`);
}

function openApi3(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openApi3);
  if (typeof value !== "object" || value === null) return value;
  const schema = value as JsonSchema;
  const { anyOf } = schema;
  if (Array.isArray(anyOf) && anyOf.length === 2 && anyOf[1].type === "null") {
    const { anyOf: _, ...rest } = schema;
    return { ...(openApi3(anyOf[0]) as JsonSchema), ...rest, nullable: true };
  }
  return Object.fromEntries(Object.entries(schema).flatMap(([key, part]) => openApi3Keyword(key, part)));
}

function openApi3Keyword(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (key !== "exclusiveMinimum" && key !== "exclusiveMaximum") return [[key, openApi3(value)]];
  const bound = key === "exclusiveMinimum" ? "minimum" : "maximum";
  return [
    [bound, value],
    [key, true],
  ];
}
