import * as v from "valibot";
import { nearest } from "../schema/nearest.ts";
import { isPlainObject } from "../types/plain-object.ts";
import { received } from "../types/problem.ts";
import { columnSchema } from "./column-schema.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";
import type { TableRules } from "./table-rules.ts";

/** A valibot schema of a row. Its `entries` are the columns, as of `v.strictObject`, so `v.pick`, `v.omit` and `v.partial` work. */
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
  return v._standardSchema({
    ...v.strictObject(tableEntries(rules)),
    "~run"(this: { entries: Entries }, dataset: v.UnknownDataset, config: v.Config<Issue>) {
      return runEntries(rules, this.entries, dataset.value, config);
    },
  } as never) as v.GenericSchema;
}

function tableEntries({ columns }: TableRules): Entries {
  const entries = Object.create(null) as Entries;
  for (const [name, rule] of columns) {
    const schema = rule.nullable ? v.nullable(columnSchema(rule)) : columnSchema(rule);
    entries[name] = rule.required ? schema : v.exactOptional(schema);
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
    const problem = { expected: "a row: a plain object of column → value", received: received(input) };
    return { typed: false, value: input, issues: [issueOf(problem, input)] };
  }
  const output: Record<string, unknown> = {};
  const issues: Issue[] = unknownColumns(rules, entries, input);
  for (const [name, entry] of Object.entries(entries)) {
    if (Object.hasOwn(input, name)) {
      const result = entry["~run"]({ value: input[name] }, config);
      for (const issue of result.issues ?? [])
        issues.push(issueAt(explained(issue, input[name]), pathItem(input, name)));
      // A column may be called __proto__.
      Object.defineProperty(output, name, {
        value: result.value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    } else if (!OPTIONAL.has(entry.type)) issues.push(missing(input, name));
  }
  if (rules.purpose === "update" && issues.length === 0 && Object.keys(output).length === 0)
    issues.push(issueOf({ expected: "at least one column to change", received: "none" }, input));
  const [first, ...rest] = config.abortEarly ? issues.slice(0, 1) : issues;
  return first === undefined
    ? { typed: true, value: output }
    : { typed: false, value: output, issues: [first, ...rest] };
}

const OPTIONAL: ReadonlySet<string> = new Set(["exact_optional", "optional", "nullish"]);

// All at once: a reader of the message should not have to come back for the next.
function unknownColumns(
  { table, refused }: TableRules,
  entries: Entries,
  input: Record<string, unknown>,
): Issue[] {
  const known = Object.keys(entries);
  return Object.keys(input)
    .filter(name => !Object.hasOwn(entries, name))
    .map(name => {
      const reason = refused.get(name);
      const problem =
        reason === undefined
          ? { expected: `a column of ${table}`, received: `${JSON.stringify(name)}${nearest(name, known)}` }
          : { expected: "no value for this column", received: received(input[name]), reason };
      return issueAt(issueOf(problem, input[name]), pathItem(input, name));
    });
}

function missing(input: object, name: string): Issue {
  const problem = {
    expected: "a value",
    received: "nothing",
    reason: "the column is NOT NULL without a default",
  };
  return issueAt(issueOf(problem, undefined), pathItem(input, name));
}

function explained(issue: Issue, value: unknown): Issue {
  if (value === null) return { ...issue, message: `${issue.message} (the column is NOT NULL)` };
  if (value === undefined)
    return { ...issue, message: `${issue.message} (leave the column out, or write null for NULL)` };
  return issue;
}
