import { NotUniqueError, QueryError } from "../errors.ts";
import { STORED_ROW } from "../statements/key-parts.ts";

/** The error of a statement; NotUniqueError if a Date of its key stands for several rows (21000). */
export function dateKeyError(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.sqlstate !== "21000" || !error.text.includes(STORED_ROW))
    return error;
  return new NotUniqueError(
    "a Date in the key stands for several rows, which differ in their microseconds; nothing was written; pass the timestamp as text",
    { cause: error },
  );
}
