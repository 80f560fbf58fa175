import { withCreator } from "../driver/call-site.ts";
import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { piecesOnReader } from "../driver/replica-reads.ts";
import { sendForValues } from "../driver/send.ts";
import { sendScript } from "../driver/send-script.ts";
import { beginLoop, endLoop } from "../driver/turn.ts";
import { driverHandle } from "../driver/wrap-handle.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, SortName, TableName } from "../schema/tables.ts";
import type { Alias, AnyAlias } from "../statements/alias.ts";
import { literalText } from "../statements/copy-out-sql.ts";
import { type CursorStatements, cursorSql, requireBatch } from "../statements/cursor-sql.ts";
import { rowsWhereSql, SELECT_OPTIONS } from "../statements/rows-where-sql.ts";
import type { RowStatement } from "../statements/statement.ts";
import { onConnection } from "./on-connection.ts";
import { rowSize } from "./row-size.ts";
import type { RowsOptions, WithComputed } from "./rows-where.ts";
import { decodeResult, type RunOptions, run } from "./run.ts";
import { runValues } from "./run-values.ts";

/** Options of `streamRows`. */
export interface StreamOptions<Row, Item extends string | AnyAlias, Sort extends string = keyof Row & string>
  extends RowsOptions<Row, Item, Sort> {
  /** The number of rows per round trip (default: 1,000). */
  readonly batch?: number;
}

const STREAM_OPTIONS: OptionNames<StreamOptions<unknown, string>> = { batch: true, ...SELECT_OPTIONS };

/**
 * Returns the rows of a table or view one at a time, through a server-side cursor, with at most two batches in memory.
 * The cursor uses a connection until the loop ends, even if it ends early or fails.
 * @param sql a Bun SQL handle; a pool runs the cursor in a transaction, and your own transaction contains it
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options as for `rowsWhere`; `batch`: the number of rows per round trip
 * @returns an async iterable of rows; nothing is sent before it is iterated
 * @throws as `rowsWhere`: at once if an argument is invalid, otherwise while iterated
 * @example `for await (const { name } of streamRows(sql, schema, "artist", { orderBy: "name" })) console.log(name);`
 */
export function streamRows<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: StreamOptions<
    FilterOf<Tables, Name>,
    Column | Alias<Computed, Column>,
    SortName<Tables, Name> | NoInfer<Computed>
  > = {},
): AsyncGenerator<WithComputed<RowOf<Tables, Name>, Column, Computed>, void, undefined> {
  requireOptions("streamRows", options, STREAM_OPTIONS);
  const { batch = 1_000, ...read } = options;
  requireBatch(batch);
  if (read.lock !== undefined && !isTransaction(sql))
    throw new ArgumentError(
      `${table}: streamRows reads in a read-only transaction of its own, in which rows cannot be locked; pass the handle of a transaction`,
    );
  const statement = rowsWhereSql(schema, table, read);
  return rowByRow(withCreator(cursorBatches(sql, statement, batch, options))) as never;
}

async function* rowByRow(batches: AsyncIterable<Batch>): AsyncGenerator<Row, void, undefined> {
  for await (const { rows, signal } of batches)
    for (const row of rows) {
      yield row;
      signal?.throwIfAborted();
    }
}

type Row = Record<string, unknown>;

/** Rows of one round trip, and a signal that is aborted when the call has to stop. */
interface Batch {
  readonly rows: Row[];
  readonly signal: AbortSignal | undefined;
}

// The number of cursors that each connection or transaction has had, because every cursor needs its own name.
const cursors = new WeakMap<SqlHandle, number>();

/** The number of rows per round trip, or at most so many, and fewer of long rows. */
type BatchRows = number | { readonly atMost: number };

/** Rows of a batch before the length of a row is known. */
const FIRST_ROWS = 100;
/** About the characters of a batch of long rows. */
const BATCH_SIZE = 4_000_000;

function rowsOfFirst(batch: BatchRows): number {
  return typeof batch === "number" ? batch : Math.min(FIRST_ROWS, batch.atMost);
}

function rowsOfNext(batch: BatchRows, rows: readonly Row[]): number {
  if (typeof batch === "number") return batch;
  const size = rows.reduce((sum, row) => sum + rowSize(row), 1);
  return Math.max(1, Math.min(batch.atMost, Math.floor((BATCH_SIZE / size) * rows.length)));
}

/** The rows of a statement in batches, through a cursor in the caller's transaction or in its own. */
export function cursorBatches(
  sql: SqlHandle,
  query: RowStatement,
  batch: BatchRows,
  options: RunOptions | undefined,
): AsyncGenerator<Batch, void, undefined> {
  return piecesOnReader(sql, options, server =>
    onConnection(server, options, (connection, signal) => batches(connection, query, batch, options, signal)),
  );
}

async function* batches(
  sql: SqlHandle,
  query: RowStatement,
  batch: BatchRows,
  options: RunOptions | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, void, undefined> {
  let wanted = rowsOfFirst(batch);
  const name = cursorName(sql);
  const cursor = cursorSql(query, name, wanted);
  const isOwn = !isTransaction(sql);
  const begins = isOwn && (await beginLoop(sql, signal));
  let next: Promise<Row[]> | undefined = openCursor(sql, cursor, begins, options);
  let end = "COMMIT";
  try {
    while (next !== undefined) {
      const rows: Row[] = await next;
      // Fetches the next batch while the caller processes this one.
      const isLast = rows.length < wanted;
      wanted = isLast ? wanted : rowsOfNext(batch, rows);
      const { fetch } = cursorSql(query, name, wanted);
      next = isLast ? undefined : inBackground(run(sql, fetch, options));
      if (rows.length > 0) yield { rows, signal };
      signal?.throwIfAborted();
    }
  } catch (error) {
    end = "ROLLBACK";
    throw error;
  } finally {
    await next?.catch(() => {});
    // The end of a transaction closes its cursors. CLOSE is rejected in a failed transaction.
    const ended = isOwn ? endLoop(sql, () => endTransaction(sql, end)) : undefined;
    await (ended ?? runValues(sql, cursor.close, options).catch(() => {}));
  }
}

// A call that was stopped may only roll back.
async function endTransaction(sql: SqlHandle, end: string): Promise<void> {
  await sendForValues(sql, end, [])
    .catch(() => sendForValues(sql, "ROLLBACK", []))
    .catch(() => {});
}

function cursorName(sql: SqlHandle): string {
  const connection = driverHandle(sql);
  const number = (cursors.get(connection) ?? 0) + 1;
  cursors.set(connection, number);
  return `rowfn_${number}`;
}

function inBackground<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}

// BEGIN, DECLARE and the first FETCH are one text, so one round trip.
async function openCursor(
  sql: SqlHandle,
  { declare, fetch }: CursorStatements,
  begins: boolean,
  options: RunOptions | undefined,
): Promise<Row[]> {
  options?.onStatement?.(declare);
  options?.onStatement?.(fetch);
  const text = `${begins ? "BEGIN READ ONLY;\n" : ""}${literalText(declare)};\n${fetch.text}`;
  return await decodeResult(sql, fetch, await sendScript(sql, text, declare));
}
