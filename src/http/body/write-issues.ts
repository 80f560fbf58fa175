import type * as v from "valibot";
import { isPlainObject } from "../../schema/arguments.ts";
import { nearest } from "../../schema/nearest.ts";
import { describeValue } from "../../types/problem.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";
import { MAX_ISSUES } from "./max-issues.ts";

/** What an issue expects in place of a column that a client may not write. */
export const WRITABLE_COLUMN = "a column that can be written";

/**
 * The first issues of a row that has columns which a client may not write. `known` has the columns that a client may know: hidden and
 * unknown ones have the same issue, with the nearest column that can be written.
 */
export function writeIssues(
  row: unknown,
  write: ReadonlySet<string>,
  known: readonly string[],
): v.BaseIssue<unknown>[] {
  if (!isPlainObject(row))
    return [issueOf({ expected: "a row as an object { column: value }", received: describeValue(row) }, row)];
  return Object.keys(row)
    .filter(name => !write.has(name))
    .slice(0, MAX_ISSUES)
    .map(name => {
      const advice = known.includes(name) ? "" : nearest(name, write);
      const received = `${JSON.stringify(name)}${advice}`;
      const problem = { expected: WRITABLE_COLUMN, received };
      return issueAt(issueOf(problem, row[name]), pathItem(row, name));
    });
}
