import type { SqlHandle } from "../driver/handle.ts";
import { type CursorStatements, cursorSql } from "../statements/cursor-sql.ts";
import type { RowStatement, Statement } from "../statements/statement.ts";
import { inTransaction } from "./in-transaction.ts";
import { type RunOptions, run, runValue } from "./run.ts";

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
