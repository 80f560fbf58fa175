import type { Limits, SqlHandle, SqlResult, SqlValues } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { BEGIN_LOCKING_VIEW, BEGIN_ONE_VIEW, sendTogether } from "../driver/pipeline.ts";
import { onReader } from "../driver/replica-reads.ts";
import { queryOf, sendForValues } from "../driver/send.ts";
import { statementError } from "../driver/statement-error.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { OutputColumn, Statement } from "../statements/statement.ts";
import { decodeRows, failWhenRead, rowsFromValues } from "./decode-rows.ts";
import { severalRowsError } from "./several-rows-error.ts";

type Row = Record<string, unknown>;

/** A function that is called with each statement just before it is sent. */
export type OnStatement = (statement: Statement) => void;

/** Options of every function that sends statements. */
export interface RunOptions extends Limits {
  /** Called with each statement before it is sent. */
  readonly onStatement?: OnStatement;
}

/** The handle, the snapshot and the options of a call. */
export interface Context {
  readonly sql: SqlHandle;
  readonly schema: AnySchema;
  readonly options: RunOptions | undefined;
}

/** The statement of a builder. Without `output` its values are not decoded. */
export interface Runnable extends Statement {
  readonly output?: readonly OutputColumn[];
  /** Returns the decoded rows from the values of the result; default: one row per row of the result. */
  readonly nest?: (values: readonly (readonly unknown[])[]) => Row[];
}

const NO_COLUMNS: readonly OutputColumn[] = [];

/** Sends the statement of a builder and decodes its rows. */
export function run<Row = Record<string, unknown>>(
  sql: SqlHandle,
  statement: Runnable,
  options?: RunOptions,
): Promise<Row[]> {
  return limited(sql, options, handle => send(handle, statement, options, decodeResult)) as Promise<Row[]>;
}

/**
 * As `run`, for a statement that has written. A value that JavaScript cannot hold must not make the write look failed:
 * reading its property throws the ValueError.
 */
export function runWritten(
  sql: SqlHandle,
  statement: Runnable,
  options: RunOptions | undefined,
): Promise<Record<string, unknown>[]> {
  return limited(sql, options, handle => send(handle, statement, options, decodeWritten));
}

type Decode = (sql: SqlHandle, statement: Runnable, result: unknown) => Row[];

async function send(
  sql: SqlHandle,
  statement: Runnable,
  options: RunOptions | undefined,
  decode: Decode,
): Promise<Row[]> {
  options?.onStatement?.(statement);
  let result: unknown;
  try {
    result = await resultOf(sql, statement);
  } catch (error) {
    const { text, params } = statement;
    throw severalRowsError(await statementError(error, text, { sql, params }));
  }
  return decode(sql, statement, result);
}

function resultOf(sql: SqlHandle, { text, params, nest, output }: Runnable): PromiseLike<unknown> {
  // The driver's values depend on whether it has prepared the statement; codecs read both.
  // A prepared FETCH would keep the columns of the first cursor of its name.
  const isPrepared = nest !== undefined || (output !== undefined && !text.startsWith("FETCH "));
  if (isPrepared) return queryOf(sql, { text, params, isValues: nest !== undefined });
  const query = sql.unsafe(text, params as (string | null)[]);
  return sql.options.transform ? query.values() : query;
}

/** The rows of a result, decoded. */
export function decodeResult(sql: SqlHandle, statement: Runnable, result: unknown): Row[] {
  if (statement.nest) return statement.nest(result as SqlValues);
  return decodeRows(statement.output ?? NO_COLUMNS, plainRows(sql, statement, result));
}

const decodeWritten: Decode = (sql, statement, result) =>
  decodeRows(statement.output ?? NO_COLUMNS, plainRows(sql, statement, result), failWhenRead);

// A handle with `transform` renames the columns of row objects, but arrays of values keep the statement's order.
function plainRows(sql: SqlHandle, { output }: Runnable, result: unknown): Row[] {
  if (!sql.options.transform) return copyRows(result as SqlResult);
  const values = result as SqlValues;
  return rowsFromValues(output ?? values.columns, values);
}

// The driver's array is a subclass with extra properties, which would be printed and cloned. A loop copies it fastest.
function copyRows(result: SqlResult): Record<string, unknown>[] {
  const rows = new Array<Record<string, unknown>>(result.length);
  for (let index = 0; index < rows.length; index++) rows[index] = result[index]!;
  return rows;
}

/**
 * Sends statements that only read, in one round trip, and returns the rows of each. They see one state of the data; in a
 * transaction of the caller its isolation decides.
 */
export function runTogether(
  sql: SqlHandle,
  statements: readonly Runnable[],
  options: (RunOptions & { readonly lock?: string }) | undefined,
): Promise<readonly Row[][]> {
  return onReader(sql, options, (server, limits) => sendReads(server, statements, limits));
}

async function sendReads(
  sql: SqlHandle,
  statements: readonly Runnable[],
  options: (RunOptions & { readonly lock?: string }) | undefined,
): Promise<readonly Row[][]> {
  const begin = options?.lock ? BEGIN_LOCKING_VIEW : BEGIN_ONE_VIEW;
  const queries = statements.map(({ text, params, nest }) => ({
    text,
    params,
    isValues: nest !== undefined,
  }));
  const results = await limited(sql, options, handle => {
    for (const statement of statements) options?.onStatement?.(statement);
    return sendTogether(handle, begin, queries);
  });
  return results.map((result, index) => decodeResult(sql, statements[index]!, result));
}

/** Sends a statement and returns its rows as arrays of the driver's values. */
export function sendLimited(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<SqlValues> {
  return limited(sql, options, async handle => {
    options?.onStatement?.(statement);
    try {
      return await sendForValues(handle, statement.text, statement.params);
    } catch (error) {
      throw severalRowsError(error);
    }
  });
}

/** Sends a statement of one row and one column, whose value needs no decoding. */
export async function runValue(
  sql: SqlHandle,
  statement: Statement,
  options: RunOptions | undefined,
): Promise<unknown> {
  const rows = await sendLimited(sql, statement, options);
  return rows[0]?.[0];
}

/** The number in the only row of a statement that counts. */
export function countOf([row]: readonly Row[]): number {
  return Number(Object.values(row!)[0]);
}
