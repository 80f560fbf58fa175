import * as v from "valibot";
import type { Codec, Family, Problem } from "../types/codec.ts";
import type { ColumnRule } from "./column-rule.ts";
import { issueOf } from "./issue.ts";

/** A column's rule as a valibot schema; null is the caller's to allow. */
export function columnSchema({ codec, check, refinement }: ColumnRule): v.GenericSchema {
  return refinement === undefined ? schemaOf(codec, check) : refinedSchema(refinement, check);
}

type Check = (value: unknown) => Problem | undefined;
type Dataset = v.OutputDataset<unknown, v.BaseIssue<unknown>>;

// The type and parts are those that JSON Schema knows; what is accepted is the rule's alone.
function schemaOf(codec: Codec, check: Check): v.GenericSchema {
  return v._standardSchema({
    kind: "schema",
    reference: schemaOf,
    expects: codec.form,
    async: false,
    ...describedType(codec),
    "~run": (dataset: v.UnknownDataset) => judged(dataset, check),
  } as never) as v.GenericSchema;
}

function judged(dataset: v.UnknownDataset, check: Check): Dataset {
  const problem = check(dataset.value);
  return problem === undefined
    ? { typed: true, value: dataset.value }
    : { typed: false, value: dataset.value, issues: [issueOf(problem, dataset.value)] };
}

// The caller's schema may turn what is given into what the column holds, so it comes first.
function refinedSchema(refinement: v.GenericSchema, check: Check): v.GenericSchema {
  return v._standardSchema({
    ...refinement,
    "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) => {
      const result = refinement["~run"](dataset, config);
      return result.issues === undefined ? judged({ value: result.value }, check) : result;
    },
  } as never) as v.GenericSchema;
}

function describedType({ shape }: Codec): object {
  switch (shape.kind) {
    case "scalar":
      return FAMILIES[shape.family];
    case "enum":
      return { type: "picklist", options: shape.labels };
    case "array":
      return { type: "array", item: v.nullable(schemaOf(shape.element, shape.element.check)) };
    case "composite":
      return { type: "strict_object", entries: fieldEntries(shape.fields) };
    default:
      return ANYTHING;
  }
}

function fieldEntries(fields: readonly { readonly name: string; readonly codec: Codec }[]): object {
  const entries = Object.create(null) as Record<string, v.GenericSchema>;
  for (const { name, codec } of fields) entries[name] = v.nullable(schemaOf(codec, codec.check));
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
