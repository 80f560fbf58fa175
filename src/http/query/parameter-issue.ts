import type * as v from "valibot";
import { ArgumentError } from "../../errors.ts";
import type { Problem } from "../../types/codec.ts";
import { describeValue } from "../../types/problem.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";

/** The type of the issues about a URL, by which `problem` recognizes them. */
const PARAMETER_ISSUE = "parameter";

/** A parameter or key in a URL that is invalid. `querySchema` and `keySchema` turn it into an issue. */
export class ParameterError extends ArgumentError {
  override name = "ParameterError";
  readonly issue: v.BaseIssue<unknown>;

  constructor(issue: v.BaseIssue<unknown>) {
    super(issue.message);
    this.issue = issue;
  }
}

/** The issue of a parameter, with its name as the path. */
export function parameterIssue(name: string, problem: Problem, text: string): v.BaseIssue<unknown> {
  return { ...issueAt(issueOf(problem, text), pathItem({ [name]: text }, name)), type: PARAMETER_ISSUE };
}

/** Throws the issue of a parameter. */
export function rejectParameter(name: string, text: string, expected: string, received?: string): never {
  const problem = { expected, received: received ?? describeValue(text) };
  throw new ParameterError(parameterIssue(name, problem, text));
}
