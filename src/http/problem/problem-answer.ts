import type * as v from "valibot";
import {
  ArgumentError,
  CursorError,
  LockedError,
  NotFoundError,
  NotUniqueError,
  QueryError,
  ScopeError,
  StaleError,
  TimeoutError,
  UnknownNameError,
  ValueError,
} from "../../errors.ts";
import { ImportError } from "../../files/import-error.ts";
import { ConstraintError } from "../../rows/constraint-error.ts";
import { isScopeMistake } from "../../statements/scope.ts";
import { ValidationError } from "../../validate/validation-error.ts";
import { BatchError } from "../crud/batch-error.ts";
import { ParameterError } from "../query/parameter-issue.ts";
import { RequestError } from "../request-error.ts";
import { constraintProblem, type IsListed, missingReference } from "./constraint-problem.ts";
import type { Answer } from "./problem-item.ts";
import { issueErrors, parameterErrors, pointerOf } from "./problem-item.ts";

const BUSY = { status: 503, retryAfter: 1 } as const;

/** The answer to an error; undefined for an error that does not concern the client. */
export function problemAnswer(error: unknown, isListed: IsListed = () => true): Answer | undefined {
  if (error instanceof RequestError) return requestAnswer(error);
  if (error instanceof BatchError) return batchAnswer(error, isListed);
  if (error instanceof ParameterError) return parameterAnswer([error.issue]);
  if (error instanceof ImportError) return importAnswer(error, isListed);
  if (error instanceof ValidationError)
    return { status: 422, detail: "values are invalid", errors: issueErrors(error.issues) };
  if (error instanceof ConstraintError) return constraintProblem(error, isListed);
  if (error instanceof QueryError)
    return error.column !== undefined || isSyntaxOfValue(error) ? INVALID_VALUE : queryAnswer(error.sqlstate);
  return namedAnswer(error, isListed) ?? valibotAnswer(error);
}

// Any other status is a mistake of the program, which must not be answered as a success.
function requestAnswer({ status, message, code }: RequestError): Answer | undefined {
  return Number.isInteger(status) && status >= 400 && status <= 599
    ? { status, detail: message, code }
    : undefined;
}

// The pointers lead into the row of the operation.
function batchAnswer({ operation, cause, references }: BatchError, isListed: IsListed): Answer | undefined {
  const answer = problemAnswer(cause, isListed);
  if (answer === undefined) return undefined;
  const { detail, code = "failed", errors = [] } = answer;
  const whole = { pointer: operation === undefined ? "" : `/${operation}`, detail, code };
  if (operation === undefined) return { ...answer, errors: [whole] };
  const referenced = new Set(references.map(name => pointerOf([name])));
  const inner = errors.map(({ pointer = "", ...one }) => {
    const member = referenced.has(pointer) ? "refs" : "row";
    return { ...one, pointer: `/${operation}/${member}${pointer}` };
  });
  return { ...answer, errors: inner.length > 0 ? inner : [whole] };
}

function importAnswer(error: ImportError, isListed: IsListed): Answer {
  const cause = problemAnswer(error.cause, isListed);
  if (cause !== undefined) return { ...cause, detail: `${cause.detail}; nothing was written` };
  return { status: 422, detail: error.message };
}

function namedAnswer(error: unknown, isListed: IsListed): Answer | undefined {
  if (isScopeMistake(error)) return undefined;
  if (error instanceof NotFoundError)
    return { status: 404, detail: "the row does not exist", code: "not_found" };
  if (error instanceof StaleError)
    return { status: 412, detail: "the row was changed after it was read; read it again", code: "stale" };
  if (error instanceof NotUniqueError) return { status: 409, detail: "more than one row matches" };
  if (error instanceof ScopeError)
    return error.columns.length > 0
      ? missingReference(error, isListed)
      : { status: 403, detail: "the row is not accessible" };
  if (error instanceof CursorError)
    return { status: 400, detail: "the page token is invalid, or belongs to a different query" };
  if (error instanceof LockedError) return { ...BUSY, detail: "the row is locked; try again" };
  if (error instanceof TimeoutError) return { ...BUSY, detail: "the time limit was exceeded" };
  if (error instanceof ValueError) return error.isStored ? undefined : { status: 400, detail: error.message };
  if (error instanceof UnknownNameError) return { status: 400, detail: error.message };
  if (error instanceof ArgumentError) return argumentAnswer(error);
  return undefined;
}

// The message of another argument can contain SQL.
function argumentAnswer({ columns }: ArgumentError): Answer {
  if (columns === undefined) return { status: 400, detail: "an argument is invalid" };
  const item = { detail: "the value must be that of the scope; leave out the column", code: "read_only" };
  return {
    status: 422,
    detail: "values are invalid",
    errors: columns.map(name => ({ pointer: pointerOf([name]), ...item })),
  };
}

// Valibot's own error is answered only if all of its issues are about a URL or a column.
function valibotAnswer(error: unknown): Answer | undefined {
  if (!(error instanceof Error) || error.name !== "ValiError") return undefined;
  const { issues } = error as v.ValiError<v.GenericSchema>;
  if (issues.every(({ type }) => (type as string) === "parameter")) return parameterAnswer(issues);
  if (issues.every(({ type }) => (type as string) === "column"))
    return { status: 422, detail: "values are invalid", errors: issueErrors(issues) };
  return undefined;
}

function parameterAnswer(issues: readonly v.BaseIssue<unknown>[]): Answer {
  return { status: 400, detail: "parameters are invalid", errors: parameterErrors(issues) };
}

const INVALID_VALUE: Answer = { status: 400, detail: "a value is invalid" };

// For a text that is not of its type jsonpath, tsquery or regclass PostgreSQL has the code of a wrong syntax or name in a statement, but
// no place in the statement. That of a statement in a function has a context, as that of a COPY has.
const SYNTAX_OF_VALUE = /^(?:42601|42602|42622|3F000)$/;
function isSyntaxOfValue({ sqlstate, position, cause }: QueryError): boolean {
  const { where } = (cause ?? {}) as { readonly where?: unknown };
  const isOfCall = where === undefined || where === "" || String(where).startsWith("COPY ");
  return SYNTAX_OF_VALUE.test(sqlstate ?? "") && position === undefined && isOfCall;
}

/** PostgreSQL's error codes and classes (manual, appendix A). */
const STATES: readonly (readonly [code: RegExp, answer: Answer])[] = [
  [/^40(001|P01)$/, { ...BUSY, detail: "another request changed the same rows; try again" }],
  [/^55P03$/, { ...BUSY, detail: "the row is locked; try again" }],
  [/^57014$/, { ...BUSY, detail: "the time limit was exceeded" }],
  // A server that becomes a replica reports 25006.
  [/^(08|53|57P|25006)/, { ...BUSY, detail: "the database is not available; try again" }],
  [/^42501$/, { status: 403, detail: "the operation is not permitted" }],
  [/^(23505|23P01)$/, { status: 409, detail: "the values conflict with another row" }],
  [/^23/, { status: 422, detail: "the database rejected the values" }],
  [/^22/, INVALID_VALUE],
  [/^54/, { status: 422, detail: "a value is too large" }],
  [/^(44000|428C9|P0001)$/, { status: 422, detail: "the database rejected the values" }],
];

// Without a code the connection was lost.
function queryAnswer(sqlstate: string | undefined): Answer | undefined {
  if (sqlstate === undefined) return { ...BUSY, detail: "the database is not available; try again" };
  return STATES.find(([code]) => code.test(sqlstate))?.[1];
}
