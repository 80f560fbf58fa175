import * as v from "valibot";
import { nearest } from "../schema/nearest.ts";
import type { Codec, Family, Problem } from "../types/codec.ts";
import { isPlainObject } from "../types/plain-object.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";
import type { ColumnRule, TableRules } from "./rules.ts";

/** A valibot schema of a row. Its `entries` are the columns, so `v.pick`, `v.omit` and `v.partial` work. */
export type TableSchema<Row> = v.StrictObjectSchema<
  {
    readonly [Column in keyof Row & string]-?: object extends Pick<Row, Column>
      ? v.ExactOptionalSchema<v.GenericSchema<Row[Column]>, undefined>
      : v.GenericSchema<Row[Column]>;
  },
  undefined
>;

type Entries = Record<string, v.GenericSchema>;
type Issue = v.BaseIssue<unknown>;

/** The valibot schema of a table's rules. */
export function tableSchema(rules: TableRules): v.GenericSchema {
  return freezeSchema({
    ...v.strictObject(tableEntries(rules)),
    "~run"(this: { entries: Entries }, dataset: v.UnknownDataset, config: v.Config<Issue>) {
      return runEntries(rules, this.entries, dataset.value, config);
    },
  });
}

// A cached schema belongs to everybody: a caller that could change it would switch off a check for all.
function freezeSchema(schema: object): v.GenericSchema {
  const standard = v._standardSchema(schema as never) as v.GenericSchema & { readonly entries?: object };
  for (const part of [standard.entries, standard["~standard"], standard]) Object.freeze(part);
  return standard;
}

function tableEntries({ columns }: TableRules): Entries {
  const entries = Object.create(null) as Entries;
  for (const [name, rule] of columns) {
    const schema = rule.nullable ? freezeSchema(v.nullable(columnSchema(rule))) : columnSchema(rule);
    entries[name] = rule.required ? schema : freezeSchema(v.exactOptional(schema));
  }
  return entries;
}

function runEntries(
  rules: TableRules,
  entries: Entries,
  input: unknown,
  config: v.Config<Issue>,
): v.OutputDataset<unknown, Issue> {
  if (!isPlainObject(input)) {
    const problem = { expected: "a row as a plain object of column → value", received: describeValue(input) };
    return { typed: false, value: input, issues: [issueOf(problem, input)] };
  }
  const output: Record<string, unknown> = {};
  const issues: Issue[] = unknownColumnIssues(rules, entries, input);
  for (const [name, entry] of Object.entries(entries)) {
    if (Object.hasOwn(input, name)) {
      const result = entry["~run"]({ value: input[name] }, config);
      for (const issue of result.issues ?? [])
        issues.push(issueAt(issueWithHint(issue, input[name]), pathItem(input, name)));
      // A column can be named __proto__.
      Object.defineProperty(output, name, {
        value: result.value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else if (!OPTIONAL.has(entry.type)) issues.push(missingIssue(input, name));
  }
  if (rules.purpose === "update" && issues.length === 0 && Object.keys(output).length === 0)
    issues.push(issueOf({ expected: "at least one column to change", received: "none" }, input));
  const [first, ...rest] = config.abortEarly ? issues.slice(0, 1) : issues;
  return first === undefined
    ? { typed: true, value: output }
    : { typed: false, value: output, issues: [first, ...rest] };
}

const OPTIONAL: ReadonlySet<string> = new Set(["exact_optional", "optional", "nullish"]);

// Reports all unknown columns at once, so that the caller can fix them together.
function unknownColumnIssues(
  { table, excluded }: TableRules,
  entries: Entries,
  input: Record<string, unknown>,
): Issue[] {
  const known = Object.keys(entries);
  return Object.keys(input)
    .filter(name => !Object.hasOwn(entries, name))
    .map(name => {
      const reason = excluded.get(name);
      const problem =
        reason === undefined
          ? { expected: `a column of ${table}`, received: `${JSON.stringify(name)}${nearest(name, known)}` }
          : { expected: "no value for this column", received: describeValue(input[name]), reason };
      return issueAt(issueOf(problem, input[name]), pathItem(input, name));
    });
}

function missingIssue(input: object, name: string): Issue {
  const problem = {
    expected: "a value",
    received: "nothing",
    reason: "the column is NOT NULL without a default",
  };
  return issueAt(issueOf(problem, undefined), pathItem(input, name));
}

function issueWithHint(issue: Issue, value: unknown): Issue {
  if (value === null) return { ...issue, message: `${issue.message} (the column is NOT NULL)` };
  if (value === undefined)
    return { ...issue, message: `${issue.message} (omit the column, or use null for NULL)` };
  return issue;
}

// The valibot schema of a column's values other than null.
function columnSchema({ codec, check, refinement }: ColumnRule): v.GenericSchema {
  return refinement === undefined ? schemaOf(codec, check) : refinedSchema(refinement, check);
}

type Check = (value: unknown) => Problem | undefined;
type Dataset = v.OutputDataset<unknown, Issue>;

// The valibot type and its parts are only for JSON Schema; the rule alone decides which values are valid.
function schemaOf(codec: Codec, check: Check): v.GenericSchema {
  return freezeSchema({
    kind: "schema",
    reference: schemaOf,
    expects: codec.form,
    async: false,
    ...typeOf(codec),
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
