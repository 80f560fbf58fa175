import { QueryError, UnknownOutcomeError } from "../errors.ts";

/** The codes of an error of the driver, or of a QueryError for one. */
interface ErrorCodes {
  readonly sqlstate: string | undefined;
  readonly code: string | undefined;
}

/** The SQLSTATE and the driver's code of an error. */
export function codesOf(error: unknown): ErrorCodes {
  const cause = error instanceof QueryError ? error.cause : error;
  const { errno, code } = (typeof cause === "object" && cause !== null ? cause : {}) as Record<
    string,
    unknown
  >;
  return {
    sqlstate: typeof errno === "string" ? errno : undefined,
    code: typeof code === "string" ? code : undefined,
  };
}

/** Whether the connection was lost, or could not be opened. */
export function isLost(error: unknown): boolean {
  const { sqlstate, code } = codesOf(error);
  // Class 08 and the shutdowns of class 57 (manual, appendix A); the driver's codes for a lost connection.
  if (sqlstate !== undefined) return sqlstate.startsWith("08") || /^57P0[1-5]$/.test(sqlstate);
  return code?.startsWith("ERR_POSTGRES_CONNECTION") ?? false;
}

/** As `isLost`, or the server has no connection left (53300), as after its restart, when every client connects again. */
export function isUnavailable(error: unknown): boolean {
  return isLost(error) || codesOf(error).sqlstate === "53300";
}

/** The error of a transaction whose COMMIT was sent before its connection was lost. */
export function unknownOutcome(cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError(
    "the connection was lost during COMMIT; the transaction was either committed or rolled back",
    { cause },
  );
}
