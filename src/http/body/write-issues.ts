import type * as v from "valibot";
import { isPlainObject } from "../../schema/arguments.ts";
import { describeValue } from "../../types/problem.ts";
import { issueAt, issueOf, pathItem } from "../../validate/issue.ts";

/** The issues of a row that has columns which a client may not write. */
export function writeIssues(row: unknown, write: ReadonlySet<string>): v.BaseIssue<unknown>[] {
  if (!isPlainObject(row))
    return [issueOf({ expected: "a row as an object { column: value }", received: describeValue(row) }, row)];
  return Object.keys(row)
    .filter(name => !write.has(name))
    .map(name => {
      const problem = { expected: "no value for this column", received: describeValue(row[name]) };
      return issueAt(issueOf(problem, row[name]), pathItem(row, name));
    });
}
