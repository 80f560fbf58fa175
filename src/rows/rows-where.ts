import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, WithIncluded } from "../schema/tables.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { rowsWhereSql, type SelectOptions } from "../statements/rows-where-sql.ts";
import { includePlan, optionsWith, readRows } from "./read.ts";
import type { RunOptions } from "./run.ts";

/** Options of `rowsWhere` and of the functions that read like it. */
export interface RowsOptions<Row, Column extends string> extends SelectOptions<Row, Column>, RunOptions {}

/**
 * The rows of a table or view that a filter lets through.
 * @param sql a Bun SQL handle: pool, reserved connection or transaction
 * @param schema a snapshot; a scoped one restricts the rows
 * @param table the table's or view's name
 * @param options which rows and columns, in which order, all rows by default; `include` for rows of related tables
 * @returns an array of rows, each an object of the selected columns and the included relations
 * @throws UnknownNameError for an unknown table or column, ArgumentError and ValueError for what cannot be meant, all
 * before anything is sent; QueryError when PostgreSQL refuses
 * @example `await rowsWhere(sql, schema, "artist", { where: { artist_id: 1 }, select: ["name"] })` sends
 * `SELECT "name" FROM "public"."artist" WHERE "artist_id" = $1::text::int4`
 */
export async function rowsWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: RowsOptions<FilterOf<Tables, Name>, Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>[]> {
  type Found = WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>;
  const include = includePlan(schema, table, options);
  const statement = rowsWhereSql(schema, table, optionsWith(options, include));
  return (await readRows({ sql, schema, options }, statement, include)) as Found[];
}
