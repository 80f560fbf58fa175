import * as v from "valibot";
import { nearest } from "../schema/nearest.ts";
import { isPlainObject } from "../schema/plain-object.ts";
import { describeValue } from "../types/problem.ts";
import { columnSchema, freezeSchema, withKeywords } from "./column-schema.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";
import {
  columnAnnotations,
  type JsonSchemaMethods,
  jsonSchemaMethods,
  tableJsonSchema,
} from "./json-schema.ts";
import type { TableRules } from "./rules.ts";

/** A valibot schema of a row. Its `entries` are the columns, so `v.pick`, `v.omit` and `v.partial` work. */
export type TableSchema<Row> = v.StrictObjectSchema<
  {
    readonly [Column in keyof Row & string]-?: object extends Pick<Row, Column>
      ? v.ExactOptionalSchema<v.GenericSchema<Row[Column]>, undefined>
      : v.GenericSchema<Row[Column]>;
  },
  undefined
> & { readonly "~standard": { readonly jsonSchema: JsonSchemaMethods } };

type Entries = Record<string, v.GenericSchema>;
type Issue = v.BaseIssue<unknown>;

/** The valibot schema of a table's rules. */
export function tableSchema(rules: TableRules): v.GenericSchema {
  return freezeSchema(
    {
      ...v.strictObject(tableEntries(rules)),
      "~run"(this: { entries: Entries }, dataset: v.UnknownDataset, config: v.Config<Issue>) {
        return runEntries(rules, this.entries, dataset.value, config);
      },
    },
    { jsonSchema: jsonSchemaMethods(() => tableJsonSchema(rules)) },
  );
}

function tableEntries(rules: TableRules): Entries {
  const entries = Object.create(null) as Entries;
  for (const [name, rule] of rules.columns) {
    const column = columnSchema(rule, rules);
    const value = rule.nullable ? freezeSchema(v.nullable(column)) : column;
    const schema = withKeywords(value, columnAnnotations(rule, rules));
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
