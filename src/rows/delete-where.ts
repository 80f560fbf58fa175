import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName } from "../schema/tables.ts";
import { type DeleteWhereOptions, deleteWhereSql } from "../statements/delete-sql.ts";
import type { Context, RunOptions } from "./run.ts";
import type { Touched } from "./update-where.ts";
import { runCount, runWrite } from "./write.ts";

/** Options of `deleteWhere`. */
export interface DeleteRowsOptions<Row, Column extends string>
  extends DeleteWhereOptions<Row, Column>,
    RunOptions {}

/**
 * Deletes every row that a filter lets through.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; rows outside its scope stay
 * @param table the table's or view's name
 * @param options which rows (`all: true` for every one), and what to return of them
 * @returns the rows as they were, or with `returning: false` their number
 * @throws ArgumentError for an empty filter without `all: true`; ConstraintError; QueryError
 * @example `await deleteWhere(sql, schema, "playlist", { where: { name: "Old" }, returning: false })` sends
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
): Promise<Touched<RowOf<Tables, Name>, Options>> {
  type Result = Touched<RowOf<Tables, Name>, Options>;
  const context: Context = { sql, schema, options };
  const statement = deleteWhereSql(schema, table, options);
  return (await (options.returning === false
    ? runCount(context, statement)
    : runWrite(context, statement))) as Result;
}
