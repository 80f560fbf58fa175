import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { queryOf, type Statement } from "../driver/statement.ts";
import { type ErrorOf, type Reading, type RunOptions, sendWithin } from "./run.ts";

/** Sends a statement and returns its rows as arrays of the driver's values. */
export function runValues(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<SqlValues> {
  return sendWithin(sql, statement, options, VALUES);
}

/** Sends a query of one row and one column, whose value needs no decoding. */
export function runValue(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<unknown> {
  return sendWithin(sql, statement, options, VALUE);
}

/**
 * Sends a statement and returns the number of rows that PostgreSQL reports.
 * @param errorOf returns the error to throw for an error of the statement
 */
export function runForCount(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
  errorOf: ErrorOf,
): Promise<number> {
  return sendWithin(sql, statement, options, COUNT, errorOf);
}

const VALUES: Reading<SqlValues> = {
  query: valuesQuery,
  read: (_sql, _statement, result) => result as SqlValues,
};
const VALUE: Reading<unknown> = {
  query: (sql, { text, params }) => queryOf(sql, { text, params, isValues: true }),
  read: (_sql, _statement, result) => (result as SqlValues)[0]?.[0],
};
const COUNT: Reading<number> = {
  query: valuesQuery,
  read: (_sql, _statement, result) => (result as SqlValues).count,
};

// Without parameters this may be several statements, or one whose text never comes again.
function valuesQuery(sql: SqlHandle, { text, params }: Statement): PromiseLike<unknown> {
  return sql.unsafe(text, params as (string | null)[]).values();
}
