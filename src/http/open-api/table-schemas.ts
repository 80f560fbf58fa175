import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, Column } from "../../schema/snapshot.ts";
import { nullableSchema } from "../../types/json-schema.ts";
import { tableJsonSchema } from "../../validate/json-schema.ts";
import { type TableRule, type TableRules, tableRules } from "../../validate/rules.ts";
import type { CrudRoute } from "../crud/crud-route.ts";
import { exampleValue } from "./example-value.ts";
import type { JsonObject } from "./open-api-info.ts";
import { sentSchema } from "./sent-schema.ts";

/** The schema of a row as the server sends it. `select` can leave out columns, so none is required. */
export function rowSchemaObject(schema: AnySchema, route: CrudRoute): JsonObject {
  const rules = tableRules(schema, route.table, "row");
  const related = Object.keys(route.rules.include ?? {}).map(name => [name, RELATED] as const);
  const columns = route.columns.map(name => [name, columnSchema(rules, name, route)] as const);
  const { comment } = relationOf(schema, route.table);
  return {
    type: "object",
    ...(comment !== null && { description: comment }),
    properties: Object.fromEntries([...columns, ...related]),
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
  const value = sentSchema(codec);
  return {
    ...(nullable ? nullableSchema(value) : value),
    ...description(column),
    ...(!route.write.has(name) && { readOnly: true }),
  };
}

function description({ comment }: Column): JsonObject {
  return comment === null ? {} : { description: comment };
}

/** What a body is for: `replace` is that of PUT, whose path has the key, so that the body may leave it out. */
type Purpose = "insert" | "update" | "replace";

/** The schema of a row to insert, of changes or of a whole row, with an example that the table accepts. */
export function inputSchemaObject(schema: AnySchema, route: CrudRoute, purpose: Purpose): JsonObject {
  const rules = tableRules(schema, route.table, purpose === "update" ? "update" : "insert");
  const columns = inputNames(route, purpose).flatMap(name => rules.columns.get(name) ?? []);
  const own =
    purpose === "insert" ? columns : columns.filter(({ column }) => !route.key.includes(column.name));
  const required = own.filter(rule => rule.required).map(({ column }) => column.name);
  const properties = tableJsonSchema(rules, "body")["properties"] as JsonObject;
  const example = exampleRow(own);
  return {
    type: "object",
    properties: Object.fromEntries(columns.map(({ column }) => [column.name, properties[column.name]])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(example && { examples: [example] }),
  };
}

function inputNames({ key, write }: CrudRoute, purpose: Purpose): readonly string[] {
  if (purpose === "insert") return [...write];
  return purpose === "replace"
    ? [...new Set([...key, ...write])]
    : [...write].filter(name => !key.includes(name));
}

function exampleRow(rules: readonly TableRule[]): JsonObject | undefined {
  const entries: [string, unknown][] = [];
  for (const rule of rules) {
    const value = exampleValue(rule);
    if (value !== undefined) entries.push([rule.column.name, value]);
    else if (rule.required) return undefined;
  }
  return Object.fromEntries(entries);
}
