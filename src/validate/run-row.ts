import type * as v from "valibot";
import { isPlainObject } from "../schema/arguments.ts";
import { nearest } from "../schema/nearest.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";
import type { ColumnRule, TableRule, TableRules } from "./rules.ts";

type Issue = v.BaseIssue<unknown>;
type Dataset = v.OutputDataset<unknown, Issue>;

/** Validates one value, as the method `~run` of a valibot schema does. */
export type Run = (dataset: v.UnknownDataset, config: v.Config<Issue>) => Dataset;

/** The part of a valibot schema that validates a column of a row. */
interface Entry {
  readonly type: string;
  readonly "~run": Run;
}

/** Column → its entry. */
export type RowEntries = Readonly<Record<string, Entry>>;

/** Validates values by a check. */
export function runCheck(check: ColumnRule["check"]): Run {
  return ({ value }) => {
    const problem = check(value);
    return problem === undefined
      ? { typed: true, value }
      : { typed: false, value, issues: [issueOf(problem, value)] };
  };
}

/** Validates the values of a column other than null. */
export function runColumn({ check, refinement, nullable }: TableRule): Run {
  const run = runCheck(check);
  if (refinement === undefined) return run;
  // The caller's schema comes first, because it can transform the input into a value of the column.
  return (dataset, config) => {
    const result = refinement["~run"](dataset, config);
    const isDone = result.issues !== undefined || (nullable && result.value === null);
    return isDone ? result : run({ value: result.value }, config);
  };
}

/** The entries of a table, without what a valibot schema adds for JSON Schema. */
export function rowEntries({ columns }: TableRules): RowEntries {
  const entries = Object.create(null) as Record<string, Entry>;
  for (const [name, rule] of columns)
    entries[name] = { type: rule.required ? "column" : "exact_optional", "~run": runNullable(rule) };
  return entries;
}

function runNullable(rule: TableRule): Run {
  const run = runColumn(rule);
  return (dataset, config) =>
    rule.nullable && dataset.value === null ? { typed: true, value: null } : run(dataset, config);
}

/** Validates a row by the entries of the table, or of a schema that is derived from the table's schema. */
export function runRow(
  rules: TableRules,
  entries: RowEntries,
  input: unknown,
  config: v.Config<Issue>,
): Dataset {
  if (!isPlainObject(input)) {
    const problem = { expected: "a row as a plain object { column: value }", received: describeValue(input) };
    return { typed: false, value: input, issues: [issueOf(problem, input)] };
  }
  const output: [name: string, value: unknown][] = [];
  const issues: Issue[] = unknownColumnIssues(rules, entries, input);
  for (const [name, entry] of Object.entries(entries)) {
    if (Object.hasOwn(input, name)) {
      const result = entry["~run"]({ value: input[name] }, config);
      for (const issue of result.issues ?? [])
        issues.push(issueAt(issueWithHint(issue, input[name]), pathItem(input, name)));
      output.push([name, result.value]);
    } else if (!OPTIONAL.has(entry.type)) issues.push(missingIssue(input, name));
  }
  if (rules.purpose === "update" && issues.length === 0 && output.length === 0)
    issues.push(issueOf({ expected: "at least one column to change", received: "none" }, input));
  const [first, ...rest] = config.abortEarly ? issues.slice(0, 1) : issues;
  const value = Object.fromEntries(output);
  return first === undefined ? { typed: true, value } : { typed: false, value, issues: [first, ...rest] };
}

/** What an issue expects of a column that a row cannot have. */
export const NO_VALUE = "no value for this column";

const OPTIONAL: ReadonlySet<string> = new Set(["exact_optional", "optional", "nullish"]);

// Reports all unknown columns at once, so that the caller can fix them together.
function unknownColumnIssues(
  { table, excluded }: TableRules,
  entries: RowEntries,
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
          : { expected: NO_VALUE, received: describeValue(input[name]), reason };
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
    return { ...issue, message: `${issue.message} (leave out the column, or use null for NULL)` };
  return issue;
}
