import type * as v from "valibot";
import { ArgumentError } from "../errors.ts";
import { problem } from "../types/problem.ts";
import { issueAt, issueOf, pathItem } from "./issue.ts";

/** An error that already has an issue. */
class FilterIssueError extends ArgumentError {
  readonly issue: v.BaseIssue<unknown>;

  constructor(issue: v.BaseIssue<unknown>) {
    super(issue.message);
    this.issue = issue;
  }
}

/** Throws the issue that a part of a filter is something else. */
export function reject(expected: string, value: unknown): never {
  throw new FilterIssueError(issueOf(problem(expected, value), value));
}

/** The issue of an error of reading a filter. */
export function issueOfError(error: unknown, input: unknown): v.BaseIssue<unknown> {
  if (error instanceof FilterIssueError) return error.issue;
  if (!(error instanceof Error)) throw error;
  // The path of the issue has the column.
  const message = error.message.replace(/^\S+: expected /, "Expected ");
  return { ...issueOf(problem("a filter", input), input), message };
}

/** Reads a part of a filter, whose issue has the place of the part. */
export function inside<Result>(parent: unknown, key: string | number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const part = (parent as Record<string | number, unknown>)[key];
    throw new FilterIssueError(issueAt(issueOfError(error, part), pathItem(parent, key)));
  }
}
