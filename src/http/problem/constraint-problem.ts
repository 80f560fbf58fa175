import type { QueryError } from "../../errors.ts";
import { ConstraintError } from "../../rows/constraint-error.ts";
import type { Answer } from "./answer.ts";
import { type ProblemItem, pointerOf } from "./problem-item.ts";

interface ConstraintAnswer {
  readonly status: 409 | 422;
  readonly detail: string;
  readonly code: string;
}

const ANSWERS: Readonly<Record<string, ConstraintAnswer>> = {
  "23502": { status: 422, code: "required", detail: "a value is required" },
  "23505": { status: 409, code: "unique", detail: "another row has the same value" },
  "23514": { status: 422, code: "check", detail: "the value violates a rule" },
  "23P01": { status: 409, code: "exclusion", detail: "the value conflicts with another row" },
  "22001": { status: 422, code: "too_long", detail: "the value is too long" },
  "22003": { status: 422, code: "out_of_range", detail: "the number is out of range" },
};

const MISSING: ConstraintAnswer = {
  ...{ status: 422, code: "missing_reference", detail: "the row that is referred to does not exist" },
};
const REFERENCED: ConstraintAnswer = {
  ...{ status: 409, code: "referenced", detail: "other rows refer to the row" },
};

/** The answer to a violated constraint: its columns, but no values, which can be of another row. */
export function constraintProblem(error: QueryError): Answer | undefined {
  const found = constraintAnswer(error);
  if (found === undefined) return undefined;
  const { status, code, detail } = found;
  const issues = error instanceof ConstraintError ? error.issues : [];
  const errors = issues.map(({ path = [] }): ProblemItem => {
    const pointer = pointerOf(path.map(({ key }) => key as string | number));
    return { pointer, detail, code };
  });
  return { status, detail, code, ...(errors.length > 0 && code !== "referenced" && { errors }) };
}

function constraintAnswer({ sqlstate, text, cause }: QueryError): ConstraintAnswer | undefined {
  if (sqlstate !== "23503") return ANSWERS[sqlstate ?? ""];
  const { detail } = cause as { readonly detail?: string };
  const isReferenced = /^DELETE\b/.test(text) || /still referenced/.test(detail ?? "");
  return isReferenced ? REFERENCED : MISSING;
}
