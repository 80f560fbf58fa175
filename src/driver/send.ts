import type { SqlHandle, SqlQuery, SqlValues } from "./handle.ts";
import type { FailedStatement } from "./query-error.ts";
import { statementError } from "./statement-error.ts";
import { templateOf } from "./template.ts";

/** SQL with `$1`, `$2` ... and its parameters, each in PostgreSQL's text format or null. */
export interface Statement {
  readonly text: string;
  /** Strings only, so that the driver never has to guess a type. */
  readonly params: readonly (string | null)[];
}

/**
 * Sends a statement and returns its rows as arrays, in the order of its columns; throws QueryError.
 * @param failed how an error shows the text
 */
export async function sendForValues(
  sql: SqlHandle,
  text: string,
  params: Statement["params"],
  failed: Pick<FailedStatement, "isLaidOut"> = {},
): Promise<SqlValues> {
  try {
    return (await sql.unsafe(text, params as (string | null)[]).values()) as SqlValues;
  } catch (error) {
    throw await statementError(error, text, { ...failed, sql, params });
  }
}

/** A statement that is sent with others. */
export interface TogetherStatement extends Statement {
  /** Whether rows are wanted as arrays. */
  readonly isValues?: boolean;
}

/**
 * A query that the driver prepares, and sends without waiting for the results of earlier ones. `unsafe` without parameters
 * uses the simple protocol, which waits; a template tag prepares the statement.
 */
export function queryOf(sql: SqlHandle, { text, params, isValues }: TogetherStatement): SqlQuery {
  const query =
    params.length > 0
      ? sql.unsafe(text, params as (string | null)[])
      : (sql as unknown as TemplateTag)(templateOf([text]));
  return isValues || sql.options.transform ? (query.values() as SqlQuery) : query;
}

type TemplateTag = (strings: TemplateStringsArray) => SqlQuery;
