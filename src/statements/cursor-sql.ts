import { ArgumentError } from "../errors.ts";
import { requireObject } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import type { RowStatement, Statement } from "./statement.ts";

/** The statements of a server-side cursor (manual, DECLARE): it lives as long as its transaction. */
export interface CursorStatements {
  readonly declare: Statement;
  readonly fetch: RowStatement;
  readonly close: Statement;
}

/** Throws ArgumentError for rows per round trip that are not a positive integer. */
export function requireBatch(batch: unknown): void {
  if (!Number.isSafeInteger(batch) || (batch as number) < 1)
    throw new ArgumentError(`batch must be a positive integer, received ${describeValue(batch)}`);
}

/**
 * The cursor of a query.
 * @param query the statement that returns the rows
 * @param name the cursor's name
 * @param batch rows per round trip
 * @returns the statements that open, read and close it
 * @throws ArgumentError for a batch that is not a positive integer
 * @example `cursorSql(rowsWhereSql(schema, "genre"), "all_genres", 500).fetch.text` → `FETCH 500 FROM "all_genres"`
 */
export function cursorSql(query: RowStatement, name: string, batch: number): CursorStatements {
  requireObject("query", query);
  requireBatch(batch);
  return {
    declare: { text: `DECLARE "${name}" NO SCROLL CURSOR FOR ${query.text}`, params: query.params },
    fetch: { text: `FETCH ${batch} FROM "${name}"`, params: [], output: query.output },
    close: { text: `CLOSE "${name}"`, params: [] },
  };
}
