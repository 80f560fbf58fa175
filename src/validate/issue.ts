import type * as v from "valibot";
import type { Problem } from "../types/codec.ts";
import { problemText } from "../types/problem.ts";

/** A problem in valibot's shape. */
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
    message: message[0]!.toUpperCase() + message.slice(1),
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

/** One step of an issue's path. */
export function pathItem(parent: unknown, key: string | number): v.IssuePathItem {
  const value =
    typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[key] : undefined;
  const type = Array.isArray(parent) ? "array" : "object";
  return { type, origin: "value", input: parent, key, value } as v.IssuePathItem;
}

/** The issue with steps before its path. */
export function issueAt(issue: v.BaseIssue<unknown>, ...before: Path): v.BaseIssue<unknown> {
  return { ...issue, path: [...before, ...(issue.path ?? [])] as Path };
}
