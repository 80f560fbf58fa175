import type { SqlHandle, SqlValues } from "./handle.ts";
import { statementError } from "./statement-error.ts";

/** SQL with `$1`, `$2` ... and its parameters, each in PostgreSQL's text format or null. */
export interface Statement {
  readonly text: string;
  /** Strings only, so that the driver never has to guess a type. */
  readonly params: readonly (string | null)[];
}

/** Sends a statement and returns its rows as arrays, in the order of its columns; throws QueryError. */
export async function sendForValues(
  sql: SqlHandle,
  text: string,
  params: Statement["params"],
): Promise<SqlValues> {
  try {
    return (await sql.unsafe(text, params as (string | null)[]).values()) as SqlValues;
  } catch (error) {
    throw await statementError(error, text, { sql, params });
  }
}
