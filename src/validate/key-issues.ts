import type * as v from "valibot";
import type { ColumnPlan } from "../statements/column-plan.ts";
import type { Problem } from "../types/codec.ts";
import { received } from "../types/problem.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";

/** What is wrong with the primary keys in rows that are to be found again, as `validateRows` says what is wrong with values. */
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
      const problem = value === null || value === undefined ? missing(value) : filterCodec.check(value);
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

function missing(value: null | undefined): Problem {
  return { expected: "a value of the primary key", received: received(value) };
}
