import type { SqlHandle, SqlValues } from "./handle.ts";
import { queryError } from "./query-error.ts";

/** Text parameters: the driver never has to guess a type. */
export type TextParams = readonly (string | null)[];

/** Sends a statement; its rows as arrays in the order of its columns. A failure is a QueryError with the statement. */
export async function sendForValues(sql: SqlHandle, text: string, params: TextParams): Promise<SqlValues> {
  try {
    return (await sql.unsafe(text, params as (string | null)[]).values()) as SqlValues;
  } catch (error) {
    throw queryError(error, text);
  }
}
