import type * as v from "valibot";
import { isPlainObject } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { InsertRelation, InsertTable } from "../statements/insert-nodes.ts";
import { describeValue } from "../types/problem.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";
import { linkedRules } from "./linked-rules.ts";
import { scopedRules } from "./rules.ts";
import { type RowEntries, type Run, rowEntries, runRow } from "./run-row.ts";

type Issue = v.BaseIssue<unknown>;
type Dataset = v.OutputDataset<unknown, Issue>;

/** Validates a row with nested rows; the entries are those of the table's columns and of its relations. */
export function runTree(
  schema: AnySchema,
  { table, linked, relations }: InsertTable,
  entries: RowEntries,
  input: unknown,
  config: v.Config<Issue>,
): Dataset {
  const named = isPlainObject(input)
    ? relations.filter(({ name }) => Object.hasOwn(input, name) && Object.hasOwn(entries, name))
    : [];
  const given = named.filter(
    relation => !isNoRow(relation, (input as Record<string, unknown>)[relation.name]),
  );
  const fromOther = [...linked, ...given.filter(({ isMany }) => !isMany).flatMap(({ from }) => from)];
  const rules = linkedRules(scopedRules(schema, table, "insert"), fromOther);
  const columns = without(entries, [...namesOf(relations), ...fromOther]);
  const names = namesOf(given);
  const ownInput = named.length === 0 ? input : without(input as object, namesOf(named));
  const own = runRow(rules, columns, ownInput, config);
  if (names.length === 0) return own;
  const issues = [...(own.issues ?? [])];
  const output: Record<string, unknown> = { ...(own.value as object) };
  for (const name of names) {
    const value = (input as Record<string, unknown>)[name];
    const result = entries[name]!["~run"]({ value }, config);
    for (const issue of result.issues ?? []) issues.push(issueAt(issue, pathItem(input, name)));
    define(output, name, result.value);
  }
  const [first, ...rest] = config.abortEarly ? issues.slice(0, 1) : issues;
  return first === undefined
    ? { typed: true, value: output }
    : { typed: false, value: output, issues: [first, ...rest] };
}

function namesOf(relations: readonly InsertRelation[]): readonly string[] {
  return relations.map(({ name }) => name);
}

/** Whether a value says that a row refers to no row of the relation, as a row that was read does. */
export function isNoRow({ isMany }: InsertRelation, value: unknown): boolean {
  return !isMany && (value === null || value === undefined);
}

/** Validates the rows of a relation, each by `run`. */
export function runRelation({ isMany, table }: InsertRelation, run: Run): Run {
  if (!isMany) return run;
  return ({ value }, config) => {
    if (!Array.isArray(value)) {
      const problem = { expected: `an array of rows of ${table}`, received: describeValue(value) };
      return { typed: false, value, issues: [issueOf(problem, value)] };
    }
    const results = Array.from(value, row => run({ value: row }, config));
    const issues = results.flatMap((result, at) =>
      (result.issues ?? []).map(issue => issueAt(issue, pathItem(value, at))),
    );
    const rows = results.map(result => result.value);
    const [first, ...rest] = issues;
    return first === undefined
      ? { typed: true, value: rows }
      : { typed: false, value: rows, issues: [first, ...rest] };
  };
}

/** Validates a row with nested rows, without what a valibot schema adds for JSON Schema. */
export function treeRun(schema: AnySchema, table: InsertTable): Run {
  const entries: Record<string, RowEntries[string]> = {
    ...rowEntries(scopedRules(schema, table.table, "insert")),
  };
  for (const relation of table.relations)
    entries[relation.name] = {
      type: "exact_optional",
      "~run": runRelation(relation, treeRun(schema, relation)),
    };
  return ({ value }, config) => runTree(schema, table, entries, value, config);
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value>;
function without(record: object, names: readonly string[]): object;
function without(record: object, names: readonly string[]): object {
  const rest = Object.create(Object.getPrototypeOf(record)) as Record<string, unknown>;
  for (const name of Object.keys(record))
    if (!names.includes(name)) define(rest, name, record[name as keyof typeof record]);
  return rest;
}

// A column can be named __proto__.
function define(record: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(record, name, { value, enumerable: true, writable: true, configurable: true });
}
