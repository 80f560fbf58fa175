import type { SqlHandle } from "../driver/handle.ts";
import { NotFoundError, NotUniqueError } from "../errors.ts";
import { type OptionNames, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import type { WithIncluded } from "../schema/included.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import type { Alias } from "../statements/alias.ts";
import type { Where } from "../statements/filter.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { ROW_LOCK_OPTIONS, type RowLockOptions } from "../statements/lock.ts";
import { rowsWhereSql } from "../statements/rows-where-sql.ts";
import { readIncluded } from "./read.ts";
import type { WithComputed } from "./rows-where.ts";
import type { RunOptions } from "./run.ts";

/** Options of `selectOne`. */
export interface SelectOneOptions<Row, Column extends string, Computed extends string = never>
  extends RunOptions,
    RowLockOptions {
  /** A filter that exactly one row must match. */
  readonly where?: Where<Row>;
  /** The columns to return, and computed ones created by `alias`; default: all readable ones. */
  readonly select?: readonly (Column | Alias<Computed, Column>)[];
}

const SELECT_ONE_OPTIONS: OptionNames<SelectOneOptions<unknown, string> & { readonly include?: unknown }> = {
  where: true,
  select: true,
  include: true,
  ...ROW_LOCK_OPTIONS,
  ...SEND_OPTIONS,
};

/**
 * Returns the only row that matches a filter.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options the filter and columns; `include` for rows of related tables
 * @returns the row
 * @throws NotFoundError if no row matches, NotUniqueError if several rows match; otherwise as `rowsWhere`
 * @example `await selectOne(sql, schema, "artist", { where: { name: "X" } })` sends
 * `SELECT "artist_id", "name", "country" FROM "public"."artist" WHERE "name" = $1::text LIMIT 2`
 */
export async function selectOne<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: SelectOneOptions<FilterOf<Tables, Name>, Column, Computed> & IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>> {
  type Found = WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>;
  requireOptions("selectOne", options, SELECT_ONE_OPTIONS);
  const rows = await readIncluded({ sql, schema, options }, table, (view, own) =>
    rowsWhereSql(view, table, { ...own, limit: 2 }),
  );
  return onlyRow(rows, `${table}: `) as Found;
}

/** The only row; throws NotFoundError or NotUniqueError with `label` before it. */
export function onlyRow<Row>(rows: readonly Row[], label: string): Row {
  if (rows.length > 1)
    throw new NotUniqueError(`${label}expected one row, received several; use a filter that matches one row`);
  if (rows[0] === undefined) throw new NotFoundError(`${label}expected one row, received none`);
  return rows[0];
}
