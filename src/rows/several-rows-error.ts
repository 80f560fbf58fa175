import { NotUniqueError, QueryError } from "../errors.ts";
import { STORED_ROW, STORED_TABLE } from "../statements/key-parts.ts";

/** The error of a statement; NotUniqueError if its key stands for several rows (21000). */
export function severalRowsError(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.sqlstate !== "21000" || !error.text.includes(STORED_ROW))
    return error;
  const reason = error.text.includes(STORED_TABLE)
    ? "the key stands for several rows, because tables that inherit from the table have rows with the same key; nothing was written; call the function with the table of the row, or use a filter"
    : "a Date in the key stands for several rows, which differ in their microseconds; nothing was written; pass the timestamp as text";
  return new NotUniqueError(reason, { cause: error });
}
