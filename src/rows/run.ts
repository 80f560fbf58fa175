import type { SqlHandle } from "../driver/handle.ts";
import { sendForRows, sendForValues } from "../driver/send.ts";
import type { RowStatement, Statement } from "../statements/statement.ts";
import { decodeRows, rowsFromValues } from "./decode-rows.ts";

/** Called with each statement just before it is sent. */
export type OnStatement = (statement: Statement) => void;

export interface RunOptions {
  readonly onStatement?: OnStatement;
}

/**
 * Builds a statement, sends it and hands its decoded rows to `finish`: the one asynchronous layer over the driver, so
 * that a mistake in the arguments is a rejection too.
 */
export async function runRows<Result>(
  sql: SqlHandle,
  options: RunOptions | undefined,
  build: () => RowStatement,
  finish: (rows: Record<string, unknown>[]) => Result,
): Promise<Result> {
  const statement = build();
  options?.onStatement?.(statement);
  const { text, params, output } = statement;
  // A handle with `transform` renames the columns of row objects; the values come in the statement's own order.
  const rows = sql.options.transform
    ? rowsFromValues(output, await sendForValues(sql, text, params))
    : await sendForRows(sql, text, params);
  return finish(decodeRows(output, rows));
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
