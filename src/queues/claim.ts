import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { ArgumentError } from "../errors.ts";
import { asRows } from "../rows/rows-where.ts";
import { checkedRow, runWrite, type WriteOptions } from "../rows/write.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import { type ClaimSqlOptions, claimSql } from "./claim-sql.ts";

/** Options of `claim`. */
export interface ClaimOptions<Row, Column extends string, Change>
  extends ClaimSqlOptions<Row, Column>,
    WriteOptions {
  /** Marks the rows: column → value. Without it they are the transaction's until it ends. */
  readonly set?: Change;
}

/**
 * Takes rows that nobody else has taken, without waiting for anybody: locked until the transaction ends, or marked.
 * @param sql a Bun SQL handle; without `set` a transaction, because the lock ends with it
 * @param schema a snapshot; rows outside its scope are not there
 * @param table the table's name
 * @param options which rows, in which order, how many (1 by default), and how to mark them
 * @returns all the rows taken, in order, as they are after `set`
 * @throws ArgumentError outside a transaction without `set`; ValidationError; ConstraintError; UnknownNameError; QueryError
 * @example `await sql.begin(tx => claim(tx, schema, "invoice", { orderBy: "invoice_id", limit: 10 }))`
 */
export async function claim<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: ClaimOptions<FilterOf<Tables, Name>, Column, UpdateOf<Tables, Name>> = {},
): Promise<Pick<RowOf<Tables, Name>, Column>[]> {
  const { set } = options;
  if (set === undefined && !isTransaction(sql))
    throw new ArgumentError(`${table}: claim needs a transaction, whose end frees the rows, or set`);
  return await runWrite(
    sql,
    schema,
    options,
    () => claimSql(schema, table, options, set && checkedRow(schema, table, set, "update", options)),
    asRows<Pick<RowOf<Tables, Name>, Column>>,
  );
}
