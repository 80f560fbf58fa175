import type { SqlHandle } from "../driver/handle.ts";
import { requireArray, requireOptions } from "../schema/arguments.ts";
import type { WithIncluded } from "../schema/included.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, KeyValueOf, RowOf, SortName, TableName } from "../schema/tables.ts";
import type { Alias, AnyAlias } from "../statements/alias.ts";
import { countSql } from "../statements/count-sql.ts";
import type { Include, IncludeOption } from "../statements/include.ts";
import { unambiguousKey } from "../statements/primary-key.ts";
import { type RelationPlan, relationPlan, requireKey } from "../statements/relation-plan.ts";
import { rowsWhereSql, SELECT_OPTIONS, type SelectOptions } from "../statements/rows-where-sql.ts";
import { exactRead } from "./exact-read.ts";
import { readIncluded } from "./read.ts";
import { type RunOptions, runRead } from "./run.ts";
import { countOf, runTogether } from "./run-together.ts";

/** Options of `rowsWhere` and of the functions that read like it. */
export interface RowsOptions<Row, Item extends string | AnyAlias, Sort extends string = keyof Row & string>
  extends SelectOptions<Row, Item, Sort>,
    RunOptions {}

/**
 * The selected columns and the computed ones, whose types are not known. `NoInfer`, because only `select` says which they are:
 * the type that a caller expects must not add columns that no row has.
 */
export type WithComputed<Row, Column extends keyof Row, Computed extends string> = [Computed] extends [never]
  ? Pick<Row, NoInfer<Column>>
  : Pick<Row, NoInfer<Column>> & { [Name in NoInfer<Computed>]: unknown };

/**
 * Returns the rows of a table or view that match a filter.
 * @param sql a Bun SQL handle: pool, reserved connection or transaction
 * @param schema a snapshot; a scoped one restricts the rows
 * @param table the table's or view's name
 * @param options the filter (default: all rows), columns, `alias` for computed ones, and order, also by columns of a row that
 * the row refers to (`artist.name`); `include` for rows of related tables
 * @returns an array of rows, each an object of the selected columns and the included relations
 * @throws UnknownNameError if a table or column does not exist, ArgumentError and ValueError if an option is invalid, all
 * before anything is sent; QueryError if PostgreSQL rejects the statement
 * @example `await rowsWhere(sql, schema, "artist", { where: { artist_id: 1 }, select: ["name"] })` sends
 * `SELECT "name" FROM "public"."artist" WHERE "artist_id" = $1::text::int4`
 */
export async function rowsWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Wanted extends Include = Record<never, never>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: RowsOptions<
    FilterOf<Tables, Name>,
    Column | Alias<Computed, Column>,
    SortName<Tables, Name> | NoInfer<Computed>
  > &
    IncludeOption<Tables, Name, Wanted>,
): Promise<WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>[]> {
  type Found = WithIncluded<WithComputed<RowOf<Tables, Name>, Column, Computed>, Tables, Name, Wanted>;
  const rows =
    options?.include === undefined
      ? await runRead(sql, rowsWhereSql(schema, table, options), options)
      : await readIncluded({ sql, schema, options }, table, (view, own) => rowsWhereSql(view, table, own));
  return rows as Found[];
}

/**
 * Returns rows and their number without `limit` and `offset`, from the same state of the data.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's or view's name
 * @param options as for `rowsWhere`
 * @returns `{ rows, count }`
 * @throws as `rowsWhere`
 * @example `await rowsAndCount(sql, schema, "genre", { limit: 1, select: ["name"] })`
 */
export async function rowsAndCount<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: RowsOptions<
    FilterOf<Tables, Name>,
    Column | Alias<Computed, Column>,
    SortName<Tables, Name> | NoInfer<Computed>
  > = {},
): Promise<{ readonly rows: WithComputed<RowOf<Tables, Name>, Column, Computed>[]; readonly count: number }> {
  requireOptions("rowsAndCount", options, SELECT_OPTIONS);
  const statement = rowsWhereSql(schema, table, options);
  const counting = countSql(schema, table, { where: options.where } as never);
  const [rows, counted] = await runTogether(sql, [statement, counting], options);
  return { rows: rows as WithComputed<RowOf<Tables, Name>, Column, Computed>[], count: countOf(counted!) };
}

/**
 * Returns the rows that match a filter, each with its primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot
 * @param table the table's name
 * @param options as for `rowsWhere`; the key does not have to be selected
 * @returns an array of `[key, row]`; the key is a value, or an array in key order if it has several columns
 * @throws ArgumentError if the table has no primary key; otherwise as `rowsWhere`
 * @example `await pksAndRowsWhere(sql, schema, "genre", { select: ["name"] })` sends
 * `SELECT "name", "genre_id" FROM "public"."genre"`
 */
export async function pksAndRowsWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
  const Computed extends string = never,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: RowsOptions<
    FilterOf<Tables, Name>,
    Column | Alias<Computed, Column>,
    SortName<Tables, Name> | NoInfer<Computed>
  >,
): Promise<[KeyValueOf<Tables, Name>, WithComputed<RowOf<Tables, Name>, Column, Computed>][]> {
  requireOptions("pksAndRowsWhere", options, SELECT_OPTIONS);
  type Pair = [KeyValueOf<Tables, Name>, WithComputed<RowOf<Tables, Name>, Column, Computed>];
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan, "use rowsWhere");
  const key = columns.map(({ column }) => column.name);
  const { select } = options ?? {};
  if (select !== undefined) requireArray(`${table}: select`, select);
  const withKey = select ? { ...options, select: [...select, ...key] } : options;
  const read = exactRead(schema, columns, select);
  const statement = read.withComputed(rowsWhereSql(read.schema, table, withKey));
  const rows = await runRead(sql, statement, options);
  const pairs = rows.map(row => keyAndRow(plan, row, key, select));
  read.restore(table, rows);
  return pairs as unknown as Pair[];
}

function keyAndRow(
  plan: RelationPlan,
  row: Record<string, unknown>,
  key: readonly string[],
  select: readonly (string | AnyAlias)[] | undefined,
): readonly [unknown, unknown] {
  const values = key.map(name => row[name]);
  if (select !== undefined) for (const name of key) if (!select.includes(name)) delete row[name];
  return [values.length === 1 ? unambiguousKey(plan, values) : values, row];
}
