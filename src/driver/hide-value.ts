import type { FailureFacts } from "./failure-facts.ts";

/**
 * Removes the value that an error of the driver quotes. PostgreSQL may evaluate raw SQL for a row outside the scope before
 * it evaluates the scope's condition.
 */
export function hideValue(error: unknown, { sqlstate, message }: FailureFacts, text: string): void {
  if (!(error instanceof Error) || quotesMark(error.message, text)) return;
  if (error.message === message && !sqlstate?.startsWith("22")) return;
  error.stack = (error.stack ?? "").replace(error.message, () => message);
  error.message = message;
  for (const field of ["detail", "where"]) if (field in error) Reflect.set(error, field, "");
}

// rowfn's own mark, of which the statement has the beginning as a literal.
function quotesMark(message: string, text: string): boolean {
  return /["»«]\s?rowfn scope(?: \d+)?: /.test(message) && text.includes("'rowfn scope");
}
