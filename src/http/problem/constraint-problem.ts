import type { ScopeError } from "../../errors.ts";
import type { ConstraintError } from "../../rows/constraint-error.ts";
import { failedRow } from "../../rows/failing-row.ts";
import { rowLine } from "../../rows/row-lines.ts";
import type { ConstraintKind } from "../../rows/violation.ts";
import type { Answer } from "./problem-item.ts";
import { type ProblemItem, pointerOf } from "./problem-item.ts";

interface ConstraintAnswer {
  readonly status: 409 | 422;
  readonly code: string;
  readonly detail: string;
}

const ANSWERS: { readonly [Kind in ConstraintKind]: ConstraintAnswer } = {
  unique: { status: 409, code: "unique", detail: "another row has the same value" },
  exclusion: { status: 409, code: "exclusion", detail: "the value conflicts with another row" },
  referenced: { status: 409, code: "referenced", detail: "other rows refer to the row" },
  missing: { status: 422, code: "missing_reference", detail: "the referenced row does not exist" },
  notNull: { status: 422, code: "required", detail: "a value is required" },
  check: { status: 422, code: "check", detail: "the value violates a rule" },
  domain: { status: 422, code: "check", detail: "the value violates a rule" },
  partition: { status: 422, code: "check", detail: "the value violates a rule" },
  viewCheck: { status: 422, code: "check", detail: "the value violates a rule" },
};

/** Whether a client may know a column of a table. */
export type IsListed = (table: string | undefined, column: string) => boolean;

/**
 * The answer to a violated constraint: its columns that a client may know, and the message that the application gave it with
 * `refine`. It has no values, which can be those of another row.
 */
export function constraintProblem(error: ConstraintError, isListed: IsListed): Answer {
  const { status, code, detail: usual } = ANSWERS[error.kind];
  const detail = error.ownMessage ?? usual;
  const paths = error.issues.map(({ path = [] }) => path.map(({ key }) => key as string | number));
  const listed = paths.filter(path => path.length === 0 || isListed(error.table, String(path.at(-1))));
  const errors = listed.map(path => itemOf(error, path, detail, code));
  const isKnown = code !== "referenced" && listed.length >= Math.min(paths.length, 1);
  return { status, detail, code, ...(isKnown && { errors }) };
}

/** The answer to a reference to a row that does not exist for the caller. */
export function missingReference(error: ScopeError, isListed: IsListed): Answer {
  const { status, code, detail } = ANSWERS.missing;
  const listed = error.columns.filter(name => isListed(undefined, name));
  const errors = listed.map(name => itemOf(error, [...error.path, name], detail, code));
  return { status, code, detail, ...(errors.length > 0 && { errors }) };
}

function itemOf(error: Error, path: readonly (string | number)[], detail: string, code: string): ProblemItem {
  const line = rowLine(failedRow(error));
  return { pointer: pointerOf(path), ...(line !== undefined && { line }), detail, code };
}
