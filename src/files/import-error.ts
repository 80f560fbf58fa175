import { RowfnError, TimeoutError } from "../errors.ts";
import { ConstraintError } from "../rows/constraint-error.ts";
import { ValidationError } from "../validate/validation-error.ts";
import type { LineNumbers } from "./input-row.ts";

const MAX_ISSUES = 10;

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
  if (error instanceof RowfnError && !(error instanceof TimeoutError))
    return new ImportError(table, `${table}: ${error.message}`, error);
  return error;
}

function invalidValuesError(table: string, lines: LineNumbers, error: ValidationError): ImportError {
  const { issues } = error;
  const found = issues.slice(0, MAX_ISSUES).map(({ path = [], message }) => {
    const [row, ...columns] = path.map(({ key }) => key);
    return `  ${lines.of(Number(row))}, ${columns.join(".")}: ${message}`;
  });
  const rest = issues.length > MAX_ISSUES ? [`  and ${issues.length - MAX_ISSUES} more`] : [];
  const values = issues.length === 1 ? "value" : "values";
  const head = `${table}: ${issues.length} invalid ${values}; nothing was written`;
  return new ImportError(table, [head, ...found, ...rest].join("\n"), error);
}
