import { QueryError } from "../errors.ts";
import { connectionFailure, failureAdvice } from "./failure-advice.ts";
import { requireHandle, type SqlHandle } from "./handle.ts";
import { isOwnStatement } from "./parameter-columns.ts";
import { sqlExcerpt } from "./sql-excerpt.ts";

/** The call whose statement failed. */
interface FailedStatement {
  readonly sql?: SqlHandle;
  readonly params?: readonly unknown[];
  /** Whether the text that was sent is a different one, so that PostgreSQL's position is not of this text. */
  readonly isShown?: boolean;
}

/** The QueryError for an error of the driver, with the statement's text. Row values are only in `cause`. */
export function queryError(
  error: unknown,
  text: string,
  { sql, params = [], isShown = false }: FailedStatement = {},
): QueryError {
  if (error instanceof QueryError) return error;
  // Checked here, because a check before each statement would cost time.
  if (error instanceof TypeError) requireHandle(sql);
  const fields = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const field = (name: string): string | undefined =>
    typeof fields[name] === "string" && fields[name] !== "" ? fields[name] : undefined;
  const sqlstate = field("errno");
  const message = withoutValue(sqlstate, error instanceof Error ? error.message : String(error));
  const isInside = field("where") !== undefined || field("internalQuery") !== undefined;
  const isOwn = !isInside && isOwnStatement(params);
  const facts = { sqlstate, code: field("code"), message, routine: field("routine"), isOwn };
  const connection = connectionFailure(sql, facts);
  const hint = field("hint");
  const position = isShown ? undefined : Number(field("position")) || undefined;
  const lines = [
    `${connection ?? message}${sqlstate === undefined ? "" : ` [${sqlstate}]`}${connection ? "" : failureAdvice(sql, facts)}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    `  in: ${position === undefined ? text : sqlExcerpt(text, position, 6)}`,
  ];
  return new QueryError(lines.join("\n"), { sqlstate, text, hint, position, cause: error });
}

// The message of a data exception quotes the value: `invalid input syntax for type integer: "secret"`.
function withoutValue(sqlstate: string | undefined, message: string): string {
  return sqlstate?.startsWith("22") ? message.replace(/:? "[\s\S]*"/, "") : message;
}
