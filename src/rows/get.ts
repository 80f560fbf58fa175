import type { SqlHandle } from "../driver/handle.ts";
import { requireArray } from "../schema/arguments.ts";
import type { WithIncluded } from "../schema/included.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName } from "../schema/tables.ts";
import type { Alias, AnyAlias } from "../statements/alias.ts";
import { type GetOptions, getManySql, getSql } from "../statements/get-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { keyStatement } from "./known-statement.ts";
import { missingRowError } from "./missing-row.ts";
import { readIncluded } from "./read.ts";
import type { WithComputed } from "./rows-where.ts";
import { type RunOptions, runRead } from "./run.ts";

/** Options of `get` and `getOrThrow`. */
export interface GetRowOptions<Item extends string | AnyAlias> extends GetOptions<Item>, RunOptions {}

/**
 * Returns the row with a primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param key the value of the key; if the key has several columns, an array in key order or an object, which can also have
 * the distribution column of `declare`
 * @param options the columns, `alias` for computed ones; `include` for rows of related tables
 * @returns the row; undefined if no row in the scope has the key
 * @throws ArgumentError if the table has no primary key or the key has the wrong shape;
 * NotUniqueError if a `Date` of the key stands for several rows;
 * UnknownNameError; QueryError
 * @example `await get(sql, schema, "playlist_track", { playlist_id: 1, track_id: 5 })` sends
 * `SELECT "track_id", "playlist_id", "position" FROM "public"."playlist_track" WHERE "playlist_id" = $1::text::int4 AND "track_id" = $2::text::int4`
 */
export async function get<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: GetRowOptions<Column | Alias<Computed, Column>> & IncludeOption<Tables, Name, Wanted>,
): Promise<
  WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted> | undefined
> {
  type Found =
    | WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>
    | undefined;
  const [row] =
    options?.include === undefined
      ? await runRead(sql, getStatement(schema, table, key, options), options)
      : await readIncluded({ sql, schema, options }, table, (view, own) => getSql(view, table, key, own));
  return row as Found;
}

function getStatement(
  schema: AnySchema,
  table: string,
  key: unknown,
  options: GetRowOptions<string | AnyAlias> | undefined,
): RowStatement {
  if (options !== undefined) return getSql(schema, table, key, options);
  return keyStatement(schema, table, "get", key, getSql);
}

/**
 * Returns the row with a primary key, or throws.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param key as for `get`
 * @param options the columns, `alias` for computed ones; `include` for rows of related tables
 * @returns the row
 * @throws NotFoundError if no row in the scope has the key; otherwise as `get`
 * @example `await getOrThrow(sql, schema, "artist", 1)` sends the statement of `get`
 */
export async function getOrThrow<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: GetRowOptions<Column | Alias<Computed, Column>> & IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>> {
  const row = await get<Tables, Name, Column, Wanted, Computed>(sql, schema, table, key, options);
  if (row === undefined) throw missingRowError(sql, schema, table, key);
  return row;
}

/** Options of `getMany`. */
export interface GetManyOptions<Column extends string> extends RunOptions {
  /** The columns to return (default: all readable ones). Computed columns are not possible. */
  readonly select?: readonly Column[] | undefined;
}

/**
 * Returns the rows with many primary keys, in one statement.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param keys keys, each as for `get`
 * @param options the columns; `include` for rows of related tables
 * @returns an array in the order of `keys`, with undefined for each key without a row
 * @throws ArgumentError if the table has no primary key or the key has the wrong shape;
 * NotUniqueError if a `Date` of the key stands for several rows;
 * UnknownNameError; QueryError
 * @example `await getMany(sql, schema, "genre", [1, 2])` sends
 * `SELECT "genre"."genre_id", "genre"."name" FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n") LEFT JOIN "public"."genre" ON "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "keys"."n"`
 */
export async function getMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  keys: readonly KeyOf<Tables, Name>[],
  options?: GetManyOptions<Column> & IncludeOption<Tables, Name, Wanted>,
): Promise<(WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined)[]> {
  type Found = WithIncluded<Pick<RowOf<Tables, Name>, Column>, Tables, Name, Wanted> | undefined;
  const key = relationPlan(schema, table).key.map(({ column }) => column.name);
  // The key shows which rows were found, so an include must not remove it.
  if (options?.select !== undefined) requireArray(`${table}: select`, options.select);
  const withKey = options?.select ? { ...options, select: [...options.select, ...key] } : options;
  const rows = await readIncluded({ sql, schema, options: withKey }, table, (view, own) =>
    getManySql(view, table, keys, own),
  );
  return alignedRows(rows, key, options?.select) as Found[];
}

// A row that the outer join did not find has NULL in its key, which a stored row never has.
function alignedRows(
  rows: readonly Record<string, unknown>[],
  key: readonly string[],
  select: readonly string[] | undefined,
): readonly (Record<string, unknown> | undefined)[] {
  const unwanted = select === undefined ? [] : key.filter(name => !select.includes(name));
  return rows.map(row => {
    if (row[key[0]!] === null) return undefined;
    for (const name of unwanted) delete row[name];
    return row;
  });
}
