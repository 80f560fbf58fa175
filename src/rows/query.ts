import type { SqlHandle, SqlValues } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { BEGIN_READ_ONLY, sendTogether } from "../driver/pipeline.ts";
import { onReader } from "../driver/replica-reads.ts";
import { sendForValues } from "../driver/send.ts";
import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { Fragment } from "../statements/fragment.ts";
import { querySql } from "../statements/fragment-sql.ts";
import type { Statement } from "../statements/statement.ts";
import { resultColumns } from "./result-columns.ts";
import { rowsFromValues } from "./row-objects.ts";
import type { RunOptions } from "./run.ts";
import { decodeRows } from "./run.ts";
import { onlyRow } from "./select-one.ts";
import { requireOpenTransaction } from "./transaction-commands.ts";

/** Options of `q`, `qOne` and `item`. */
export interface QueryOptions extends RunOptions {
  /**
   * Runs the query in a read-only transaction of its own, so that a handle of `replicas` can send it to a replica. Inside
   * a transaction the mode of the transaction applies.
   */
  readonly readOnly?: boolean;
}

const QUERY_OPTIONS: OptionNames<QueryOptions> = { readOnly: true, ...SEND_OPTIONS };

/**
 * Returns the rows of a raw SQL query, with values by the type of each result column. A number inside json that the driver
 * may have rounded is rejected; cast the column to text. The scope restricts only tables named with `table(...)`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param query raw SQL created by `expr`, one statement
 * @param options `onStatement` is called with the statement; `readOnly: true` for a query that can run on a replica
 * @returns an array of rows
 * @throws ArgumentError if two columns have the same name; ValueError for a value that JavaScript cannot hold; QueryError
 * @example ``await q(sql, schema, expr`select ${col("artist", "name")} from ${table("artist")} limit 1`)`` sends
 * `select "artist"."name" from "public"."artist" limit 1`
 */
export async function q<Row = Record<string, unknown>>(
  sql: SqlHandle,
  schema: AnySchema,
  query: Fragment,
  options?: QueryOptions,
): Promise<Row[]> {
  requireOptions("q", options, QUERY_OPTIONS);
  const statement = querySql(schema, query);
  requireOpenTransaction("q", sql, statement.text);
  const send = (server: SqlHandle, limits: QueryOptions | undefined): Promise<unknown[]> =>
    sendQuery(server, schema, statement, limits);
  return (await (options?.readOnly ? onReader(sql, options, send) : send(sql, options))) as Row[];
}

function sendQuery(
  sql: SqlHandle,
  schema: AnySchema,
  statement: Statement,
  options: QueryOptions | undefined,
): Promise<unknown[]> {
  return limited(sql, options, async handle => {
    options?.onStatement?.(statement);
    const values = options?.readOnly
      ? await valuesReadOnly(handle, statement)
      : await sendForValues(handle, statement.text, statement.params);
    const columns = await resultColumns(handle, schema, values);
    return decodeRows(columns, rowsFromValues(columns, values));
  });
}

async function valuesReadOnly(sql: SqlHandle, statement: Statement): Promise<SqlValues> {
  const [values] = await sendTogether(sql, BEGIN_READ_ONLY, [{ ...statement, isValues: true }]);
  return values as SqlValues;
}

/**
 * Returns the only row of a raw SQL query.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param query raw SQL created by `expr`
 * @param options as for `q`
 * @returns the row
 * @throws NotFoundError without a row, NotUniqueError with several rows; otherwise as `q`
 * @example ``await qOne(sql, schema, expr`select count(*) as n from ${table("artist")}`)`` → `{ n: "120" }`
 */
export async function qOne<Row = Record<string, unknown>>(
  sql: SqlHandle,
  schema: AnySchema,
  query: Fragment,
  options?: QueryOptions,
): Promise<Row> {
  return onlyRow(await q<Row>(sql, schema, query, options), "query: ");
}

/**
 * Returns the only value of a raw SQL query with one row and one column.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param query raw SQL created by `expr`
 * @param options as for `q`
 * @returns the value
 * @throws ArgumentError unless the row has exactly one column; otherwise as `qOne`
 * @example ``await item(sql, schema, expr`select max(name) from ${table("artist")}`)``
 */
export async function item<Value = unknown>(
  sql: SqlHandle,
  schema: AnySchema,
  query: Fragment,
  options?: QueryOptions,
): Promise<Value> {
  const row = await qOne(sql, schema, query, options);
  const values = Object.values(row);
  if (values.length !== 1) throw new ArgumentError(`query: expected one column, received ${values.length}`);
  return values[0] as Value;
}
