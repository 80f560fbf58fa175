import { MigrationError, QueryError } from "../../errors.ts";
import { sourcePosition } from "./source-position.ts";

/** A statement of a migration failed. */
class StatementError extends Error {
  /** The index in the migration's text. */
  readonly index: number;

  constructor(message: string, index: number, cause: unknown) {
    super(message, { cause });
    this.index = index;
  }
}

/** The error of a failed statement; `placeOf` converts the position that PostgreSQL reports, if it reports one. */
export function statementError(error: unknown, placeOf: (position: number | undefined) => number): Error {
  const position = Number(positionOf(error));
  return new StatementError(messageOf(error), placeOf(position > 0 ? position : undefined), error);
}

function positionOf(error: unknown): unknown {
  const cause = error instanceof QueryError ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "position" in cause ? cause.position : undefined;
}

interface NamedBody {
  readonly name: string;
  readonly body: unknown;
}

/** The MigrationError of a run, with the place of the failed statement. */
export function failureError(run: NamedBody, outcome: string, error: unknown): MigrationError {
  const message = `migration ${run.name} ${outcome}: ${messageOf(error)}`;
  if (!(error instanceof StatementError)) return new MigrationError(message, run.name, { cause: error });
  return positionError(message, run, error.index, error.cause);
}

/** A MigrationError with a position in the text of the migration. */
export function positionError(
  message: string,
  { name, body }: NamedBody,
  index: number,
  cause?: unknown,
): MigrationError {
  const { line, column, shown } = sourcePosition(name, String(body), Math.min(index, String(body).length));
  const hint = (cause as Partial<QueryError> | undefined)?.hint;
  const text = `${message}\n${shown}${hint === undefined ? "" : `\n  hint: ${hint}`}`;
  return new MigrationError(text, name, { cause, position: { line, column } });
}

const NO_TRANSACTION =
  'put the statement into its own migration with transaction: false (in a file: "-- rowfn: no transaction")';

// Without what follows the SQLSTATE: the text of the statement, which the position replaces, and advice on snapshots.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof QueryError)) return error.message;
  const message = error.message.replace(/( \[[0-9A-Z]{5}\]).*/s, "$1");
  return error.sqlstate === "25001" ? `${message}; ${NO_TRANSACTION}` : message;
}
