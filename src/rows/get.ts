import type { SqlHandle } from "../driver/handle.ts";
import { NotFoundError } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName, WithIncluded } from "../schema/tables.ts";
import { type GetOptions, getSql } from "../statements/get-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { includePlan, optionsWith, readRows } from "./read.ts";
import type { RunOptions } from "./run.ts";

/** Options of `get` and `getOrThrow`. */
export interface GetRowOptions<Column extends string> extends GetOptions<Column>, RunOptions {}

/**
 * The row with a primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param key the value of the key; for a key of several columns an array in key order, or an object in any order
 * @param options which columns; `include` for rows of related tables
 * @returns the row, or undefined when there is none (or none inside the scope)
 * @throws ArgumentError for a table without a key and for a key of the wrong shape; UnknownNameError; QueryError
 * @example `await get(sql, schema, "playlist_track", { playlist_id: 1, track_id: 5 })` sends
 * `SELECT "track_id", "playlist_id", "position" FROM "public"."playlist_track" WHERE "playlist_id" = $1::text::int4 AND "track_id" = $2::text::int4`
 */
export async function get<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: GetRowOptions<Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined> {
  type Found = WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined;
  const include = includePlan(schema, table, options);
  const statement = getSql(schema, table, key, optionsWith(options, include));
  const [row] = await readRows({ sql, schema, options }, statement, include);
  return row as Found;
}

/**
 * The row with a primary key, which must be there.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param key as for `get`
 * @param options which columns; `include` for rows of related tables
 * @returns the row
 * @throws NotFoundError when there is none; otherwise as `get`
 * @example `await getOrThrow(sql, schema, "artist", 1)` sends the statement of `get`
 */
export async function getOrThrow<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: GetRowOptions<Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted>> {
  const row = await get<Tables, Name, Column, Wanted>(sql, schema, table, key, options);
  if (row === undefined) throw new NotFoundError(`${table} has no row with this key`);
  return row;
}
