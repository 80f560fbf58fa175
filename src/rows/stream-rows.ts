import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { cursorBatches } from "./cursor-rows.ts";
import type { RowsOptions } from "./rows-where.ts";

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
