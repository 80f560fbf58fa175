import type * as v from "valibot";
import { RowfnError } from "../errors.ts";
import { pathText } from "../types/problem.ts";

/** The number of issues in the message. */
const SHOWN_ISSUES = 5;

/** Rows are invalid; nothing was written. `v.flatten` accepts the issues. */
export class ValidationError extends RowfnError {
  override name = "ValidationError";
  readonly table: string;
  /** Valibot issues; for many rows `path` starts with the row's index. */
  readonly issues: readonly v.BaseIssue<unknown>[];

  constructor(table: string, issues: readonly v.BaseIssue<unknown>[]) {
    const lines = issues.slice(0, SHOWN_ISSUES).map(issue => `  ${issueText(table, issue)}`);
    const rest = issues.length > SHOWN_ISSUES ? [`  and ${issues.length - SHOWN_ISSUES} more`] : [];
    super(
      [
        `${table}: ${issues.length} invalid ${issues.length === 1 ? "value" : "values"}`,
        ...lines,
        ...rest,
      ].join("\n"),
    );
    this.table = table;
    this.issues = issues;
  }
}

/** `track.milliseconds, rows[3]: Expected ...`, `album.tags[2]: Expected ...` */
function issueText(table: string, issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map(({ key }) => key as string | number);
  const [first, ...others] = keys;
  const isMany = typeof first === "number";
  const path = pathText(isMany ? others : keys);
  return `${table}${path}${isMany ? `, rows[${first}]` : ""}: ${issue.message}`;
}
