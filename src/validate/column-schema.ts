import * as v from "valibot";
import type { Codec, Family, Problem } from "../types/codec.ts";
import type { JsonSchema } from "../types/json-forms.ts";
import { issueOf } from "./issue.ts";
import { valueJsonSchema } from "./json-schema.ts";
import type { TableRule, TableRules } from "./rules.ts";

type Issue = v.BaseIssue<unknown>;

/** A cached schema belongs to everybody: a caller that could change it would switch off a check for all. */
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
  const { codec, check, refinement } = rule;
  return refinement === undefined
    ? valueSchema(codec, check, valueJsonSchema(rule, rules))
    : refinedSchema(refinement, check);
}

type Check = (value: unknown) => Problem | undefined;
type Dataset = v.OutputDataset<unknown, Issue>;

function valueSchema(codec: Codec, check: Check, keywords: JsonSchema): v.GenericSchema {
  const isOneForm =
    codec.shape.kind === "scalar" && !("anyOf" in keywords) && typeof keywords["type"] === "string";
  const type = keywords["type"] === "integer" ? "number" : keywords["type"];
  return withKeywords(schemaOf(codec, check, isOneForm ? { type } : typeOf(codec)), keywords);
}

// The valibot type and its parts are for JSON Schema and new tables; the rule alone decides which values are valid.
function schemaOf(codec: Codec, check: Check, type: object): v.GenericSchema {
  return freezeSchema({
    kind: "schema",
    reference: schemaOf,
    expects: codec.form,
    async: false,
    ...type,
    "~run": (dataset: v.UnknownDataset) => datasetOf(dataset, check),
  });
}

function datasetOf(dataset: v.UnknownDataset, check: Check): Dataset {
  const problem = check(dataset.value);
  return problem === undefined
    ? { typed: true, value: dataset.value }
    : { typed: false, value: dataset.value, issues: [issueOf(problem, dataset.value)] };
}

// The caller's schema comes first, because it can transform the input into a value of the column.
function refinedSchema(refinement: v.GenericSchema, check: Check): v.GenericSchema {
  return freezeSchema({
    ...refinement,
    "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) => {
      const result = refinement["~run"](dataset, config);
      return result.issues === undefined ? datasetOf({ value: result.value }, check) : result;
    },
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
        item: v.nullable(schemaOf(shape.element, shape.element.check, typeOf(shape.element))),
      };
    case "composite":
      return { type: "strict_object", entries: fieldEntries(shape.fields) };
    default:
      return ANYTHING;
  }
}

function fieldEntries(fields: readonly { readonly name: string; readonly codec: Codec }[]): object {
  const entries = Object.create(null) as Record<string, v.GenericSchema>;
  for (const { name, codec } of fields)
    entries[name] = v.nullable(schemaOf(codec, codec.check, typeOf(codec)));
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
