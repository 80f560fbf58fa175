import { type Limits, limitsOf, type SqlHandle, type SqlResult, type SqlValues } from "../driver/handle.ts";
import { runLimited } from "../driver/limited.ts";
import { onReader } from "../driver/replica-reads.ts";
import { sendAgain } from "../driver/stale-plan.ts";
import { queryOf } from "../driver/statement.ts";
import { statementError } from "../driver/statement-error.ts";
import { ValueError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { OutputColumn, Statement } from "../statements/statement.ts";
import type { Codec } from "../types/codec.ts";
import { computedColumns } from "./result-columns.ts";
import { rowsFromValues } from "./row-objects.ts";
import { severalRowsError } from "./several-rows-error.ts";

type Row = Record<string, unknown>;

/** A function that is called with each statement just before it is sent. */
export type OnStatement = (statement: Statement) => void;

/** Options of every function that sends statements. */
export interface RunOptions extends Limits {
  /** Called with each statement before it is sent. */
  readonly onStatement?: OnStatement;
}

/** Options of functions that read rows. */
export interface ReaderOptions extends RunOptions {
  readonly lock?: string;
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
  /** The index of each column of the output in the result, unless they are the result's columns. */
  readonly places?: readonly number[];
  /** Returns the decoded rows from the values of the result; default: one row per row of the result. */
  readonly nest?: (values: readonly (readonly unknown[])[], output: readonly OutputColumn[]) => Row[];
}

const NO_COLUMNS: readonly OutputColumn[] = [];

/** Sends the statement of a builder and decodes its rows. */
export function run<Row = Record<string, unknown>>(
  sql: SqlHandle,
  statement: Runnable,
  options?: RunOptions,
): Promise<Row[]> {
  return sendWithin(sql, statement, options, ROWS) as Promise<Row[]>;
}

/** As `run`, for a statement that only reads. */
export function runRead<Row = Record<string, unknown>>(
  sql: SqlHandle,
  statement: Runnable,
  options: ReaderOptions | undefined,
): Promise<Row[]> {
  return onReader(sql, options, (server, limits) => run<Row>(server, statement, limits));
}

/**
 * As `run`, for a statement that has written. A value that JavaScript cannot hold must not make the write look failed:
 * reading its property throws the ValueError.
 * @param errorOf returns the error to throw for an error of the statement
 */
export function runWritten(
  sql: SqlHandle,
  statement: Runnable,
  options: RunOptions | undefined,
  errorOf: ErrorOf,
): Promise<Record<string, unknown>[]> {
  return sendWithin(sql, statement, options, WRITTEN, errorOf);
}

/** The query of a statement, and the part of its result that a call needs. */
export interface Reading<Result> {
  readonly query: (sql: SqlHandle, statement: Runnable) => PromiseLike<unknown>;
  readonly read: (sql: SqlHandle, statement: Runnable, result: unknown) => Result;
}

const ROWS: Reading<Row[]> = { query: rowsQuery, read: decodeRead };
const WRITTEN: Reading<Row[]> = { query: rowsQuery, read: decodeWritten };

export type ErrorOf = (error: unknown) => unknown;

/** As `limited`, without a function for a call without limits, which most calls are. */
export function sendWithin<Result>(
  sql: SqlHandle,
  statement: Runnable,
  options: RunOptions | undefined,
  reading: Reading<Result>,
  errorOf?: ErrorOf,
): Promise<Result> {
  const limits = limitsOf(sql, options);
  if (limits === undefined) return send(sql, statement, options, reading, errorOf);
  return runLimited(sql, limits, handle => send(handle, statement, options, reading, errorOf));
}

async function send<Result>(
  sql: SqlHandle,
  statement: Runnable,
  options: RunOptions | undefined,
  { query, read }: Reading<Result>,
  errorOf: ErrorOf | undefined,
): Promise<Result> {
  options?.onStatement?.(statement);
  const { text, params } = statement;
  let result: unknown;
  try {
    // The driver's query is not a plain promise: `then` returns one, for which `await` needs fewer steps.
    result = await query(sql, statement).then();
  } catch (error) {
    try {
      result = await sendAgain(sql, error, () => query(sql, statement));
    } catch (reason) {
      const failure = severalRowsError(await statementError(reason, text, { sql, params }));
      throw errorOf === undefined ? failure : errorOf(failure);
    }
  }
  const typed = hasComputed(statement) ? await typedStatement(sql, statement, result) : statement;
  return read(sql, typed, result);
}

// Most statements have no computed columns, and decode without a further promise.
function hasComputed({ output }: Runnable): boolean {
  return output !== undefined && computedForms(output).schema !== undefined;
}

const computedForms = derive((output: readonly OutputColumn[]) => ({
  schema: output.find(({ computed }) => computed !== undefined)?.computed,
}));

async function typedStatement(sql: SqlHandle, statement: Runnable, result: unknown): Promise<Runnable> {
  const { output = NO_COLUMNS, places } = statement;
  const { schema } = computedForms(output);
  return { ...statement, output: await computedColumns(sql, schema!, output, result as SqlResult, places) };
}

function rowsQuery(sql: SqlHandle, { text, params, nest, output }: Runnable): PromiseLike<unknown> {
  // The driver's values depend on whether it has prepared the statement; codecs read both.
  // A prepared FETCH would keep the columns of the first cursor of its name.
  const isPrepared = nest !== undefined || (output !== undefined && !text.startsWith("FETCH "));
  if (isPrepared) return queryOf(sql, { text, params, isValues: nest !== undefined });
  const query = sql.unsafe(text, params as (string | null)[]);
  return sql.options.transform ? query.values() : query;
}

/** The rows of a result, decoded. */
export async function decodeResult(sql: SqlHandle, statement: Runnable, result: unknown): Promise<Row[]> {
  const typed = hasComputed(statement) ? await typedStatement(sql, statement, result) : statement;
  return decodeRead(sql, typed, result);
}

function decodeRead(sql: SqlHandle, statement: Runnable, result: unknown): Row[] {
  const { output = NO_COLUMNS, nest } = statement;
  if (nest) return nest(result as SqlValues, output);
  return decodeRows(output, plainRows(sql, statement, result));
}

function decodeWritten(sql: SqlHandle, statement: Runnable, result: unknown): Row[] {
  return decodeRows(statement.output ?? NO_COLUMNS, plainRows(sql, statement, result), failWhenRead);
}

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

/** A column of a result and its decoder, which is null if the driver's values are already the row's. */
export interface DecodedColumn {
  readonly name: string;
  readonly label: string;
  readonly codec: Pick<Codec, "decode">;
}

interface Decoding {
  readonly column: DecodedColumn;
  readonly decode: (value: unknown) => unknown;
}

// The driver's values of most columns are already the row's: the other columns of a select list are found once.
const decodingsOf = derive((columns: readonly DecodedColumn[]): readonly Decoding[] =>
  columns.flatMap(column => {
    const { decode } = column.codec;
    return decode === null ? [] : [{ column, decode }];
  }),
);

/** Handles a value that JavaScript cannot hold. */
type Reject = (row: Row, name: string, error: ValueError) => void;

/** Decodes the driver's values in place, only in the columns that need it. */
export function decodeRows(columns: readonly DecodedColumn[], rows: Row[], reject: Reject = fail): Row[] {
  for (const decoding of decodingsOf(columns)) {
    let index = 0;
    while (index < rows.length) index = decodeColumn(rows, decoding, index, reject);
  }
  return rows;
}

// Decodes a column from one row on, and returns the index after the last row or after a rejected value.
function decodeColumn(rows: Row[], { column, decode }: Decoding, from: number, reject: Reject): number {
  const { name, label } = column;
  let index = from;
  try {
    for (; index < rows.length; index++) {
      const row = rows[index]!;
      const value = row[name];
      if (value === null) continue;
      const decoded = decode(value);
      if (decoded !== value) row[name] = decoded;
    }
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const message = `${label}, rows[${index}]: ${error.message}`;
    reject(rows[index]!, name, new ValueError(message, { cause: error, isStored: true }));
  }
  return index + 1;
}

function fail(_row: Row, _name: string, error: ValueError): never {
  throw error;
}

// Makes the property throw the error.
function failWhenRead(row: Row, name: string, error: ValueError): void {
  Object.defineProperty(row, name, {
    get: () => {
      throw error;
    },
    enumerable: true,
    configurable: true,
  });
}
