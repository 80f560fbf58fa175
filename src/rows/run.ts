import type { SqlHandle, SqlResult, SqlValues } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { sendForValues } from "../driver/send.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { OutputColumn, Statement } from "../statements/statement.ts";
import { decodeRows, rowsFromValues } from "./decode-rows.ts";

/** A function that is called with each statement just before it is sent. */
export type OnStatement = (statement: Statement) => void;

/** Options of every function that sends statements. */
export interface RunOptions {
  readonly onStatement?: OnStatement;
}

/** The handle, the snapshot and the options of a call. */
export interface Context {
  readonly sql: SqlHandle;
  readonly schema: AnySchema;
  readonly options: RunOptions | undefined;
}

/** A statement as the builders return it; without `output` the values of its rows stay as the driver reads them. */
export interface Runnable extends Statement {
  readonly output?: readonly OutputColumn[];
}

const NO_COLUMNS: readonly OutputColumn[] = [];

/**
 * Sends the statement of a builder and decodes its rows.
 * @param sql a Bun SQL handle
 * @param statement a statement that a builder of `rowfn/statements` returned
 * @param options `onStatement` is called with the statement just before it is sent
 * @returns an array of rows, each an object of the statement's columns; `[]` for a statement that returns none
 * @throws QueryError if PostgreSQL rejects the statement; ValueError for a value that JavaScript cannot hold
 * @example `await run(sql, rowsWhereSql(schema, "genre", { where: { genre_id: 1 }, select: ["name"] }))` sends
 * `SELECT "name" FROM "public"."genre" WHERE "genre_id" = $1::text::int4`
 */
export async function run<Row = Record<string, unknown>>(
  sql: SqlHandle,
  statement: Runnable,
  options?: RunOptions,
): Promise<Row[]> {
  options?.onStatement?.(statement);
  const { text, params, output = NO_COLUMNS } = statement;
  let rows: Record<string, unknown>[];
  try {
    const query = sql.unsafe(text, params as (string | null)[]);
    // A handle with `transform` renames the columns of row objects; the values come in the statement's own order.
    rows = sql.options.transform
      ? objectsOf((await query.values()) as SqlValues, statement.output)
      : copyRows((await query) as SqlResult);
  } catch (error) {
    throw queryError(error, text);
  }
  return decodeRows(output, rows) as Row[];
}

function objectsOf(values: SqlValues, output: Runnable["output"]): Record<string, unknown>[] {
  return rowsFromValues(output ?? values.columns, values);
}

// The driver's array is a subclass with properties that people would print and clone. A loop copies it fastest.
function copyRows(result: SqlResult): Record<string, unknown>[] {
  const rows = new Array<Record<string, unknown>>(result.length);
  for (let index = 0; index < rows.length; index++) rows[index] = result[index]!;
  return rows;
}

/** Sends a statement of one row and one column, whose value needs no decoding. */
export async function runValue(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<unknown> {
  options?.onStatement?.(statement);
  const rows = await sendForValues(sql, statement.text, statement.params);
  return rows[0]?.[0];
}
