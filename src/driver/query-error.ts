import { QueryError } from "../errors.ts";

/** The QueryError for an error of the driver, with the statement's text. Row values are only in `cause`. */
export function queryError(error: unknown, text: string): QueryError {
  const fields = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const sqlstate = typeof fields["errno"] === "string" ? fields["errno"] : undefined;
  const message = withoutValue(sqlstate, error instanceof Error ? error.message : String(error));
  const advice =
    sqlstate !== undefined && STALE.has(sqlstate)
      ? "; if the database has changed, load the snapshot again"
      : "";
  return new QueryError(
    `${message}${sqlstate === undefined ? "" : ` [${sqlstate}]`}${advice}\n  in: ${text}`,
    {
      sqlstate,
      text,
      cause: error,
    },
  );
}

// The message of a data exception quotes the value: `invalid input syntax for type integer: "secret"`.
function withoutValue(sqlstate: string | undefined, message: string): string {
  return sqlstate?.startsWith("22") ? message.replace(/:? "[\s\S]*"/, "") : message;
}

// Undefined table, column, type or conflict target; a cached plan whose result type changed; a type that was dropped.
const STALE: ReadonlySet<string> = new Set(["42P01", "42703", "42704", "42P10", "0A000", "XX000"]);
