import type * as v from "valibot";
import type { ColumnPlan } from "../statements/column-plan.ts";
import type { Problem } from "../types/codec.ts";
import { problemText, describeValue as receivedText } from "../types/problem.ts";

/** The valibot issue of a problem. */
export function issueOf(problem: Problem, input: unknown): v.BaseIssue<unknown> {
  const { expected, received, path } = problem;
  const { path: _, ...flat } = problem;
  const message = problemText(flat);
  const items = pathItems(path ?? [], input);
  return {
    kind: "schema",
    type: "column",
    input: items.at(-1)?.value ?? input,
    expected,
    received,
    message: problem.message ?? message[0]!.toUpperCase() + message.slice(1),
    ...(isNotEmpty(items) && { path: items }),
  };
}

type Path = [v.IssuePathItem, ...v.IssuePathItem[]];

function isNotEmpty(items: v.IssuePathItem[]): items is Path {
  return items.length > 0;
}

function pathItems(path: readonly (string | number)[], input: unknown): v.IssuePathItem[] {
  let parent = input;
  return path.map(key => {
    const item = pathItem(parent, key);
    parent = item.value;
    return item;
  });
}

/** The path item of a key in its parent. */
export function pathItem(parent: unknown, key: string | number): v.IssuePathItem {
  const value =
    typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[key] : undefined;
  const type = Array.isArray(parent) ? "array" : "object";
  return { type, origin: "value", input: parent, key, value } as v.IssuePathItem;
}

/** The issue with path items before its path. */
export function issueAt(issue: v.BaseIssue<unknown>, ...before: Path): v.BaseIssue<unknown> {
  return { ...issue, path: [...before, ...(issue.path ?? [])] as Path };
}

/** The issues of missing and invalid primary keys in rows; `from` is the number of the first row. */
export function keyIssues(
  key: readonly ColumnPlan[],
  rows: readonly Readonly<Record<string, unknown>>[],
  from: number,
): v.BaseIssue<unknown>[] {
  const issues: v.BaseIssue<unknown>[] = [];
  for (const [index, row] of rows.entries()) {
    for (const {
      column: { name },
      filterCodec,
    } of key) {
      const value = row[name];
      const problem = value === null || value === undefined ? missingKey(value) : filterCodec.check(value);
      if (problem === undefined) continue;
      issues.push(
        issueAt(
          issueOf(problem, value),
          { ...pathItem(rows, index), key: index + from } as v.IssuePathItem,
          pathItem(row, name),
        ),
      );
    }
  }
  return issues;
}

function missingKey(value: null | undefined): Problem {
  return { expected: "a value of the primary key", received: receivedText(value) };
}
