import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, KeyOf, RowOf, TableName } from "../schema/tables.ts";
import {
  DELETE_OPTIONS,
  type DeleteWhereOptions,
  deleteManySql,
  deleteRowSql,
  deleteWhereSql,
} from "../statements/delete-sql.ts";
import { type RelationPlan, relationPlan, requireKey } from "../statements/relation-plan.ts";
import { type ReturningOptions, requireWriteOptions } from "../statements/returning.ts";
import type { WriteRowOptions } from "./insert.ts";
import type { Inserted } from "./insert-many.ts";
import { keyStatement } from "./known-statement.ts";
import type { RunOptions } from "./run.ts";
import { isWithoutReturning, runCount, runWrite, type WriteContext, writeRow } from "./write.ts";
import type { ManyReturning } from "./write-many.ts";

const DELETE_ROW_OPTIONS = { validate: true, ...DELETE_OPTIONS } as const;

/**
 * Deletes the row with a primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a row outside its scope is not found
 * @param table the table's name
 * @param key as for `get`
 * @param options the columns to return of the deleted row
 * @returns the deleted row; undefined if a trigger or rule prevented the DELETE
 * @throws NotFoundError if no row has the key; ConstraintError if another row refers to it;
 * NotUniqueError if a `Date` of the key stands for several rows;
 * ArgumentError; QueryError
 * @example `await deleteRow(sql, schema, "genre", 99, { returning: ["name"] })` sends
 * `DELETE FROM "public"."genre" WHERE "genre_id" = $1::text::int4 RETURNING "name"`
 */
export async function deleteRow<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  key: KeyOf<Tables, Name>,
  options?: WriteRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  requireWriteOptions("deleteRow", options, DELETE_ROW_OPTIONS);
  type Deleted = Pick<RowOf<Tables, Name>, Column> | undefined;
  const isReturned = options?.returning !== false;
  const statement =
    options === undefined
      ? keyStatement(schema, table, "deleteRow", key, deleteRowSql)
      : deleteRowSql(schema, table, key, returningOf(relationPlan(schema, table), options));
  const context = { sql, schema, table, options };
  const deleted = await writeRow(context, "delete", statement, () => key);
  return isReturned ? (deleted as Deleted) : undefined;
}

function returningOf(plan: RelationPlan, options: ReturningOptions): ReturningOptions {
  const { returning } = options;
  if (isWithoutReturning(plan, options)) return { returning: false };
  if (returning === false)
    return { returning: requireKey(plan, "use deleteWhere with a filter").map(({ column }) => column.name) };
  return returning ? { returning } : {};
}

/** Options of `deleteMany`. */
export interface DeleteManyOptions<Column extends string = string>
  extends RunOptions,
    ManyReturning<Column> {}

/**
 * Deletes the rows with many primary keys, in one statement. Keys without a row are not an error.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; rows outside its scope are left unchanged
 * @param table the table's name
 * @param keys primary keys, each as for `get`
 * @param options `returning: true` or columns for the deleted rows
 * @returns the number of rows deleted, or the deleted rows in the order of their keys
 * @throws ConstraintError if another row refers to one of the rows; ArgumentError for a key of the wrong shape;
 * NotUniqueError if a `Date` of the key stands for several rows; QueryError
 * @example `await deleteMany(sql, schema, "genre", [98, 99])` sends
 * `DELETE FROM "public"."genre" USING (SELECT "keys".* FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n"), "public"."genre" WHERE "genre"."genre_id" = "keys"."k1"::int4 ORDER BY "genre"."genre_id" FOR UPDATE OF "genre") AS "keys" WHERE "genre"."genre_id" = "keys"."k1"::int4`
 */
export async function deleteMany<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends DeleteManyOptions<Column> = Record<never, never>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  keys: readonly KeyOf<Tables, Name>[],
  options?: Options & DeleteManyOptions<Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  type Result = Inserted<RowOf<Tables, Name>, Options>;
  const context: WriteContext = { sql, schema, table, options };
  const statement = deleteManySql(schema, table, keys, options);
  const { number } = statement;
  if (number === undefined) return (await runCount(context, statement)) as Result;
  const rows = await runWrite(context, statement);
  rows.sort((a, b) => Number(a[number]) - Number(b[number]));
  for (const row of rows) delete row[number];
  return rows as Result;
}

/** Options of `deleteWhere`. */
export interface DeleteRowsOptions<Row, Column extends string>
  extends DeleteWhereOptions<Row, Column>,
    RunOptions {}

/**
 * Deletes all rows that match a filter.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; rows outside its scope are left unchanged
 * @param table the table's or view's name
 * @param options the filter (`all: true` for all rows); `returning: true` or columns for the deleted rows
 * @returns the number of rows deleted, or the deleted rows
 * @throws ArgumentError if the filter is empty without `all: true`; ConstraintError; QueryError
 * @example `await deleteWhere(sql, schema, "playlist", { where: { name: "Old" } })` sends
 * `DELETE FROM "public"."playlist" WHERE "name" = $1::text::varchar`
 */
export async function deleteWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends DeleteRowsOptions<FilterOf<Tables, Name>, Column>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: Options & DeleteRowsOptions<FilterOf<Tables, Name>, Column>,
): Promise<Inserted<RowOf<Tables, Name>, Options>> {
  type Result = Inserted<RowOf<Tables, Name>, Options>;
  const context: WriteContext = { sql, schema, table, options };
  const statement = deleteWhereSql(schema, table, options);
  return (await (options.returning ? runWrite(context, statement) : runCount(context, statement))) as Result;
}
