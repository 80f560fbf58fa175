import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column } from "../../schema/snapshot.ts";
import { type TableRule, type TableRules, tableRules } from "../../validate/rules.ts";
import type { CrudRoute } from "../crud/crud-route.ts";
import { checkKeywords } from "./check-keywords.ts";
import { exampleValue } from "./example-value.ts";
import type { JsonObject } from "./open-api-info.ts";
import { nullableSchema, recordOf, valueSchema } from "./value-schema.ts";

/** The schema of a row as the server sends it. `select` can leave out columns, so none is required. */
export function rowSchemaObject(schema: AnySchema, route: CrudRoute): JsonObject {
  const rules = tableRules(schema, route.table, "row");
  const related = Object.keys(route.rules.include ?? {}).map(name => [name, RELATED] as const);
  const columns = route.columns.map(name => [name, columnSchema(rules, name, route)] as const);
  const { comment } = relationOf(schema, route.table);
  return {
    type: "object",
    ...(comment !== null && { description: comment }),
    properties: recordOf([...columns, ...related]),
    additionalProperties: false,
  };
}

const RELATED = {
  description: "Related rows, with the parameter include",
  anyOf: [
    { type: "array", items: { type: "object" } },
    { type: "object" },
    { type: "integer" },
    { type: "null" },
  ],
};

function columnSchema(rules: TableRules, name: string, route: CrudRoute): JsonObject {
  const { column, codec, nullable } = rules.columns.get(name)!;
  const value = valueSchema(codec, "output");
  return {
    ...(nullable ? nullableSchema(value) : value),
    ...description(column),
    ...(!route.write.has(name) && { readOnly: true }),
  };
}

function description({ comment }: Column): JsonObject {
  return comment === null ? {} : { description: comment };
}

/** The schema of a row to insert, or of changes, with an example that the table accepts. */
export function inputSchemaObject(
  schema: AnySchema,
  route: CrudRoute,
  purpose: "insert" | "update",
): JsonObject {
  const rules = tableRules(schema, route.table, purpose);
  const names = [...route.write].filter(name => purpose === "insert" || !route.key.includes(name));
  const columns = names.flatMap(name => rules.columns.get(name) ?? []);
  const required = columns.filter(rule => rule.required).map(({ column }) => column.name);
  const example = exampleRow(columns);
  return {
    type: "object",
    properties: recordOf(columns.map(rule => [rule.column.name, inputSchema(schema, route, rule)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(example && { examples: [example] }),
  };
}

function inputSchema(
  schema: AnySchema,
  { table }: CrudRoute,
  { column, codec, nullable }: TableRule,
): JsonObject {
  const relation = relationOf(schema, table);
  const value = { ...valueSchema(codec, "input"), ...checkKeywords(schema, relation, column) };
  const initial = defaultValue(column);
  return {
    ...(nullable ? nullableSchema(value) : value),
    ...description(column),
    ...(initial !== undefined && { default: initial }),
  };
}

// Constants as PostgreSQL prints them; other defaults are expressions.
function defaultValue({ default: text }: Column): unknown {
  if (text === null) return undefined;
  if (/^(?:true|false|-?\d{1,15})$/.test(text)) return JSON.parse(text);
  const [, string] =
    /^'((?:[^']|'')*)'::(?:text|character varying|"?\w+"?\."?\w+"?|[a-z_]\w*)$/.exec(text) ?? [];
  const isText = string !== undefined && !/::(?:json|jsonb|bytea|bit)\b/.test(text);
  return isText ? string.replaceAll("''", "'") : undefined;
}

function exampleRow(rules: readonly TableRule[]): JsonObject | undefined {
  const entries: [string, unknown][] = [];
  for (const rule of rules) {
    const value = exampleValue(rule);
    if (value !== undefined) entries.push([rule.column.name, value]);
    else if (rule.required && !rule.nullable) return undefined;
    else if (rule.required) entries.push([rule.column.name, null]);
  }
  return recordOf(entries);
}
