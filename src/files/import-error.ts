import type * as v from "valibot";
import { RowfnError, TimeoutError, UnknownOutcomeError } from "../errors.ts";
import { ConstraintError } from "../rows/constraint-error.ts";
import { failureKind } from "../transactions/failure.ts";
import { ValidationError } from "../validate/validation-error.ts";
import type { LineNumbers } from "./input-row.ts";

const MAX_ISSUES = 20;

/** An import failed, and nothing was written. `cause` is the ValidationError, ConstraintError or other error. */
export class ImportError extends RowfnError {
  override name = "ImportError";
  readonly table: string;

  constructor(table: string, message: string, cause: unknown) {
    super(message, { cause });
    this.table = table;
  }
}

/** The error with lines of the file instead of row indexes. */
export function importError(table: string, lines: LineNumbers, error: unknown): unknown {
  if (error instanceof ValidationError) return invalidValuesError(table, lines, error);
  if (error instanceof ConstraintError && error.row !== undefined) {
    const columns = error.issues.flatMap(({ path = [] }) => path.slice(1).map(({ key }) => key));
    const place = [lines.of(error.row), ...columns].join(", ");
    return new ImportError(table, `${table}, ${place}: ${error.reason}; nothing was written`, error);
  }
  const placed =
    error instanceof RowfnError && !isTransient(error) ? rowError(table, lines, error) : undefined;
  return placed ?? tableError(table, error);
}

/** The error of a call before its rows are read, or of all of them; limits and errors of the source are unchanged. */
export function tableError(table: string, error: unknown): unknown {
  const isPlaced = error instanceof ImportError || isTransient(error);
  return error instanceof RowfnError && !isPlaced ? placedError(table, error) : error;
}

// A conflict or a lost connection is not a mistake of the file, and a transaction with retries recognizes it.
function isTransient(error: unknown): boolean {
  const isEnd = error instanceof TimeoutError || error instanceof UnknownOutcomeError;
  return isEnd || failureKind(error) !== "other";
}

/** The error of `person.org_id, rows[3]: ...`. */
function rowError(table: string, lines: LineNumbers, error: RowfnError): ImportError | undefined {
  const { message } = error;
  const [place, row] = /, rows\[(\d+)\]: /.exec(message) ?? [];
  if (place === undefined) return undefined;
  const at = message.indexOf(place);
  // The error of a row can have no column.
  const [own, column] = [message.slice(0, table.length), message.slice(table.length, at)];
  if (own !== table || (column !== "" && !column.startsWith("."))) return undefined;
  const where = `${lines.of(Number(row))}${column.replace(".", ", ")}`;
  const [reason, ...rest] = message.slice(at + place.length).split("\n");
  const shown = [`${table}, ${where}: ${reason}; nothing was written`, ...rest];
  return new ImportError(table, shown.join("\n"), error);
}

/**
 * `person, line 3: ...` for a message that begins with the place in the file, otherwise `person: ...` or the unchanged
 * message.
 */
export function placedError(table: string, error: RowfnError): ImportError {
  const { message } = error;
  if (message.startsWith(`${table}.`) || message.startsWith(`${table}: `))
    return new ImportError(table, message, error);
  const separator = /^(?:line|row) \d/.test(message) ? ", " : ": ";
  return new ImportError(table, `${table}${separator}${message}`, error);
}

function invalidValuesError(table: string, lines: LineNumbers, error: ValidationError): ImportError {
  const { issues } = error;
  const found = issues.slice(0, MAX_ISSUES).map(issue => {
    const [row, ...columns] = (issue.path ?? []).map(({ key }) => key);
    return `  ${lines.of(Number(row))}, ${columns.join(".")}: ${issueText(issue)}`;
  });
  const rest = issues.length > MAX_ISSUES ? [`  and ${issues.length - MAX_ISSUES} more`] : [];
  const values = issues.length === 1 ? "value" : "values";
  const head = `${table}: ${issues.length} invalid ${values}; nothing was written`;
  return new ImportError(table, [head, ...found, ...rest].join("\n"), error);
}

// The person who imports a file knows spreadsheets, not JavaScript. A message of the application is left unchanged.
function issueText({ message, expected, received }: v.BaseIssue<unknown>): string {
  if (!message.startsWith("Expected ") || expected === null) return message;
  const found = received === "null" ? "no value" : received;
  const reason = / (\([^()]*\))$/.exec(message)?.[1];
  return `found ${found}, expected ${fileWords(expected)}${reason === undefined ? "" : ` ${reason}`}`;
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^a Date, or a string /, "a timestamp "],
  [/^a string$/, "text"],
  [/^a string of JSON$/, "JSON"],
  [/^a Uint8Array or ArrayBuffer$/, "bytes such as \\x1f00"],
];

function fileWords(expected: string): string {
  return WORDS.reduce((text, [pattern, words]) => text.replace(pattern, words), expected);
}
