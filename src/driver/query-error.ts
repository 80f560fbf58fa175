import { QueryError } from "../errors.ts";
import { connectionFailure, failureAdvice } from "./failure-advice.ts";
import { type FailureFacts, failureFacts } from "./failure-facts.ts";
import { requireHandle, type SqlHandle } from "./handle.ts";
import { hideValue } from "./hide-value.ts";
import { rejectedColumn } from "./rejected-value.ts";
import { isScoped as isMarkedAsScoped } from "./statement.ts";

/** The call whose statement failed. */
export interface FailedStatement {
  readonly sql?: SqlHandle;
  readonly params?: readonly unknown[];
  /** Whether the text that was sent is a different one, so that PostgreSQL's position is not of this text. */
  readonly isShown?: boolean;
  /** Whether the statement is restricted to the rows of a scope; default: as its parameters are marked. */
  readonly isScoped?: boolean;
  /** Whether rowfn laid the text out in lines, which the caller has never seen. */
  readonly isLaidOut?: boolean;
}

/**
 * The QueryError for an error of the driver, with the statement's text. Row values are only in `cause`.
 * @param advice what the reader can do, if the error itself does not say it
 */
export function queryError(
  error: unknown,
  text: string,
  failed: FailedStatement = {},
  advice = "",
): QueryError {
  if (error instanceof QueryError) return error;
  const { sql, params = [], isShown = false, isLaidOut = false } = failed;
  // Checked here, because a check before each statement would cost time.
  if (error instanceof TypeError) requireHandle(sql);
  const facts = shownFacts(error, text, failed);
  const { sqlstate, message, hint, detail, place } = facts;
  const connection = connectionFailure(sql, facts);
  const position = isShown ? undefined : facts.position;
  const column = rejectedColumn(error, facts, text, params);
  const lines = [
    connection ??
      `${column === undefined ? "" : `${column}: `}${message}${sqlstate === undefined ? "" : ` [${sqlstate}]`}${failureAdvice(sql, params, facts)}${advice}`,
    ...(detail === undefined ? [] : [`  detail: ${detail}`]),
    ...(place === undefined ? [] : [`  inside: ${place}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    `  in: ${position === undefined ? sqlStart(text) : sqlExcerpt(text, position, 6, !isLaidOut)}`,
  ];
  return new QueryError(lines.join("\n"), { sqlstate, text, hint, position, column, cause: error });
}

/** The characters of a long statement that a message shows; the error has the whole text. */
const LONGEST = 4_000;

/** The beginning of a statement that is long. */
export function sqlStart(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}... (${text.length} characters)`;
}

/** The characters of a long line that an excerpt shows on each side of the position. */
const AROUND = 50;

/**
 * The line of SQL with a position, and a caret under it.
 * @param position counts characters from 1, as PostgreSQL does
 * @param indent the columns before the first line
 * @param hasLines whether the number of the line means something to the reader, who did not see a text that rowfn laid out
 */
function sqlExcerpt(text: string, position: number, indent: number, hasLines: boolean): string {
  const { line, before, after } = placeOf(text, position);
  // A script can be longer than the memory has room for as a list of its characters.
  const left = Array.from(before.slice(-2 * AROUND - 2));
  const right = Array.from(after.slice(0, 2 * AROUND + 2));
  const shown = [...left.slice(-AROUND), ...right.slice(0, AROUND)].join("");
  const start = `${hasLines && text.includes("\n") ? `line ${line}: ` : ""}${left.length > AROUND ? "..." : ""}`;
  const end = right.length > AROUND ? "..." : "";
  const caret = " ".repeat(indent + start.length + Math.min(left.length, AROUND));
  return `${start}${shown.replaceAll("\t", " ")}${end}\n${caret}^`;
}

/** The number, from 1, of the line with a position, and the line before the position, without its indentation, and after it. */
function placeOf(
  text: string,
  position: number,
): { readonly line: number; readonly before: string; readonly after: string } {
  let index = 0;
  for (let character = 1; character < position; character++)
    index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1 && end < index; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  const end = text.indexOf("\n", index);
  const after = text.slice(index, end === -1 ? undefined : end).replace(/\r$/, "");
  return { line, before: text.slice(start, index).trimStart().replace(/\r$/, ""), after };
}

function shownFacts(error: unknown, text: string, { params = [], isScoped }: FailedStatement): FailureFacts {
  const facts = failureFacts(error);
  if (!(isScoped ?? isMarkedAsScoped(params))) return facts;
  hideValue(error, facts, text);
  return { ...failureFacts(error), isInside: facts.isInside };
}
