import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { type CursorStatements, cursorSql } from "../statements/cursor-sql.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import type { RowStatement, Statement } from "../statements/statement.ts";
import { inTransaction } from "./in-transaction.ts";
import type { RowsOptions } from "./rows-where.ts";
import { type RunOptions, run, runValue } from "./run.ts";

/** Options of `streamRows`. */
export interface StreamOptions<Row, Column extends string> extends RowsOptions<Row, Column> {
  /** Rows of one round trip; 1,000 by default. */
  readonly batch?: number;
}

/**
 * The rows of a table or view one by one, however many there are: by a server-side cursor, in memory for two batches.
 * A loop that ends early, or fails, ends the cursor. Until then a connection is taken.
 * @param sql a Bun SQL handle; on a pool the rows are read in a transaction of their own, in one of yours within it
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options as for `rowsWhere`; `batch`: rows of one round trip
 * @returns an async iterable of rows; nothing is sent before it is iterated
 * @throws while iterated as `rowsWhere`; mistakes at once
 * @example `for await (const { name } of streamRows(sql, schema, "artist", { orderBy: "name" })) console.log(name);`
 */
export function streamRows<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: StreamOptions<FilterOf<Tables, Name>, Column> = {},
): AsyncGenerator<Pick<RowOf<Tables, Name>, Column>, void, undefined> {
  const statement = rowsWhereSql(schema, table, options);
  return rowByRow(cursorBatches(sql, statement, options.batch ?? 1_000, options)) as AsyncGenerator<
    Pick<RowOf<Tables, Name>, Column>,
    void,
    undefined
  >;
}

async function* rowByRow<Row>(batches: AsyncIterable<Row[]>): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) yield* rows;
}

type Row = Record<string, unknown>;

// The cursors that a transaction has open: each needs its own name.
const open = new WeakMap<SqlHandle, number>();

/** The rows of a query a batch at a time, by a cursor in a transaction of its own or the caller's. */
export function cursorBatches(
  sql: SqlHandle,
  query: RowStatement,
  batch: number,
  options: RunOptions | undefined,
): AsyncGenerator<Row[], void, undefined> {
  return inTransaction(sql, tx => batches(tx, query, batch, options));
}

async function* batches(
  tx: SqlHandle,
  query: RowStatement,
  batch: number,
  options: RunOptions | undefined,
): AsyncGenerator<Row[], void, undefined> {
  const number = (open.get(tx) ?? 0) + 1;
  const cursor = cursorSql(query, `rowfn_${number}`, batch);
  open.set(tx, number);
  await send(tx, cursor.declare, options);
  yield* fetched(tx, cursor, batch, options);
}

// The next batch is on its way while the caller works on this one.
async function* fetched(
  tx: SqlHandle,
  cursor: CursorStatements,
  batch: number,
  options: RunOptions | undefined,
): AsyncGenerator<Row[], void, undefined> {
  const fetch = (): Promise<Row[]> => {
    const rows = run(tx, cursor.fetch, options);
    rows.catch(() => {});
    return rows;
  };
  let next: Promise<Row[]> | undefined = fetch();
  try {
    while (next !== undefined) {
      const rows: Row[] = await next;
      next = rows.length === batch ? fetch() : undefined;
      if (rows.length > 0) yield rows;
    }
  } finally {
    // After an error the transaction takes no statement any more, and ends the cursor itself.
    await next?.then(() => send(tx, cursor.close, options)).catch(() => {});
    if (next === undefined) await send(tx, cursor.close, options).catch(() => {});
  }
}

async function send(tx: SqlHandle, statement: Statement, options: RunOptions | undefined): Promise<void> {
  await runValue(tx, statement, options);
}
