import type { SqlHandle, SqlResult, SqlValues } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { sendForValues } from "../driver/send.ts";
import type { QueryError } from "../errors.ts";
import type { RowStatement, Statement } from "../statements/statement.ts";
import { decodeRows, rowsFromValues } from "./decode-rows.ts";

/** Called with each statement just before it is sent. */
export type OnStatement = (statement: Statement) => void;

export interface RunOptions {
  readonly onStatement?: OnStatement;
}

/**
 * Builds a statement, sends it and hands its decoded rows to `finish`: the one asynchronous layer over the driver, so
 * that a mistake in the arguments is a rejection too. `describe` says more about an error of the database.
 */
export async function runRows<Result>(
  sql: SqlHandle,
  options: RunOptions | undefined,
  build: () => RowStatement,
  finish: (rows: Record<string, unknown>[]) => Result | Promise<Result>,
  describe?: (error: QueryError) => unknown,
): Promise<Result> {
  const statement = build();
  options?.onStatement?.(statement);
  let rows: Record<string, unknown>[];
  try {
    const query = sql.unsafe(statement.text, statement.params as (string | null)[]);
    // A handle with `transform` renames the columns of row objects; the values come in the statement's own order.
    rows = sql.options.transform
      ? rowsFromValues(statement.output, (await query.values()) as SqlValues)
      : ((await query) as SqlResult);
  } catch (error) {
    const failure = queryError(error, statement.text);
    throw describe === undefined ? failure : describe(failure);
  }
  return finish(decodeRows(statement.output, rows));
}

/** As `runRows` for a statement of one row and one column, which needs no decoding. */
export async function runValue<Result>(
  sql: SqlHandle,
  options: RunOptions | undefined,
  build: () => Statement,
  finish: (value: unknown) => Result,
): Promise<Result> {
  const statement = build();
  options?.onStatement?.(statement);
  const rows = await sendForValues(sql, statement.text, statement.params);
  return finish(rows[0]?.[0]);
}
