import { QueryError } from "../errors.ts";
import { connectionFailure, failureAdvice } from "./failure-advice.ts";
import { failureFacts } from "./failure-facts.ts";
import { requireHandle, type SqlHandle } from "./handle.ts";
import { hideValue } from "./hide-value.ts";
import { sqlExcerpt } from "./sql-excerpt.ts";
import { isScoped } from "./statement.ts";

/** The call whose statement failed. */
export interface FailedStatement {
  readonly sql?: SqlHandle;
  readonly params?: readonly unknown[];
  /** Whether the text that was sent is a different one, so that PostgreSQL's position is not of this text. */
  readonly isShown?: boolean;
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
  { sql, params = [], isShown = false, isLaidOut = false }: FailedStatement = {},
  advice = "",
): QueryError {
  if (error instanceof QueryError) return error;
  // Checked here, because a check before each statement would cost time.
  if (error instanceof TypeError) requireHandle(sql);
  const facts = failureFacts(error);
  if (isScoped(params)) hideValue(error, facts, text);
  const { sqlstate, message, hint, detail, place } = facts;
  const connection = connectionFailure(sql, facts);
  const position = isShown ? undefined : facts.position;
  const lines = [
    connection ??
      `${message}${sqlstate === undefined ? "" : ` [${sqlstate}]`}${failureAdvice(sql, params, facts)}${advice}`,
    ...(detail === undefined ? [] : [`  detail: ${detail}`]),
    ...(place === undefined ? [] : [`  inside: ${place}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    `  in: ${position === undefined ? text : sqlExcerpt(text, position, 6, !isLaidOut)}`,
  ];
  return new QueryError(lines.join("\n"), { sqlstate, text, hint, position, cause: error });
}
