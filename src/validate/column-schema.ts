import * as v from "valibot";
import type { Codec, Family } from "../types/codec.ts";
import type { JsonSchema } from "../types/json-forms.ts";
import { valueJsonSchema } from "./json-schema.ts";
import type { TableRule, TableRules } from "./rules.ts";
import { type Run, runCheck, runColumn } from "./run-row.ts";

/** All callers share a cached schema, so none may change it and switch off a check for the others. */
export function freezeSchema(schema: object, properties: object = {}): v.GenericSchema {
  const standard = v._standardSchema(schema as never) as v.GenericSchema & { readonly entries?: object };
  Object.assign(standard["~standard"], properties);
  for (const part of [standard.entries, standard["~standard"], standard]) Object.freeze(part);
  return standard;
}

/** The schema with keywords in a pipe, which only `@valibot/to-json-schema` reads. */
export function withKeywords(schema: v.GenericSchema, keywords: JsonSchema): v.GenericSchema {
  if (Object.keys(keywords).length === 0) return schema;
  return freezeSchema({ ...schema, pipe: Object.freeze([schema, v.metadata(keywords)]) });
}

/** The valibot schema of a column's values other than null. */
export function columnSchema(rule: TableRule, rules: TableRules): v.GenericSchema {
  if (rule.refinement !== undefined) return freezeSchema({ ...rule.refinement, "~run": runColumn(rule) });
  return valueSchema(rule.codec, runColumn(rule), valueJsonSchema(rule, rules));
}

function valueSchema(codec: Codec, run: Run, keywords: JsonSchema): v.GenericSchema {
  const isOneForm =
    codec.shape.kind === "scalar" && !("anyOf" in keywords) && typeof keywords["type"] === "string";
  const type = keywords["type"] === "integer" ? "number" : keywords["type"];
  return withKeywords(schemaOf(codec, run, isOneForm ? { type } : typeOf(codec)), keywords);
}

// The valibot type and its parts are for JSON Schema and new tables; the rule alone decides which values are valid.
function schemaOf(codec: Codec, run: Run, type: object): v.GenericSchema {
  return freezeSchema({
    kind: "schema",
    reference: schemaOf,
    expects: codec.form,
    async: false,
    ...type,
    "~run": run,
  });
}

function typeOf({ shape }: Codec): object {
  switch (shape.kind) {
    case "scalar":
      return FAMILIES[shape.family];
    case "enum":
      return { type: "picklist", options: shape.labels };
    case "array":
      return {
        type: "array",
        item: v.nullable(schemaOf(shape.element, runCheck(shape.element.check), typeOf(shape.element))),
      };
    case "composite":
      return { type: "strict_object", entries: fieldEntries(shape.fields) };
    case "range":
      return { ...ANYTHING, entries: fieldEntries(boundFields(shape.subtype)) };
    default:
      return { ...ANYTHING, item: schemaOf(shape.range, runCheck(shape.range.check), typeOf(shape.range)) };
  }
}

type Fields = readonly { readonly name: string; readonly codec: Codec }[];

function boundFields(subtype: Codec): Fields {
  return ["lower", "upper"].map(name => ({ name, codec: subtype }));
}

function fieldEntries(fields: Fields): object {
  const entries = Object.create(null) as Record<string, v.GenericSchema>;
  for (const { name, codec } of fields)
    entries[name] = v.nullable(schemaOf(codec, runCheck(codec.check), typeOf(codec)));
  return entries;
}

const ANYTHING = { type: "unknown" };
const TEXT = { type: "string" };
const NUMBER = { type: "number" };
const DIGITS = { type: "union", options: [v.string(), v.number()] };

const FAMILIES: { readonly [Name in Family]: object } = {
  integer: NUMBER,
  float: NUMBER,
  bigint: DIGITS,
  numeric: DIGITS,
  boolean: { type: "boolean" },
  text: TEXT,
  datetime: TEXT,
  interval: TEXT,
  bytes: ANYTHING,
  json: ANYTHING,
  bits: TEXT,
  network: TEXT,
  geometry: ANYTHING,
  other: TEXT,
};
