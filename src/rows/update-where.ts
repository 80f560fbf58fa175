import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, RowOf, TableName, UpdateOf } from "../schema/tables.ts";
import type { Returned } from "../statements/returning.ts";
import { type UpdateWhereOptions, updateWhereSql } from "../statements/update-sql.ts";
import type { Written } from "./insert.ts";
import { requireValidRow, runCount, runWrite, type WriteContext, type WriteOptions } from "./write.ts";

/** Options of `updateWhere`. */
export interface UpdateRowsOptions<Row, Column extends string>
  extends UpdateWhereOptions<Row, Column>,
    WriteOptions {}

/** The rows touched, or with `returning: false` their number. */
export type Touched<Row, Options> = Options extends { readonly returning: false }
  ? number
  : Returned<Row, Options>[];

/**
 * Changes every row that a filter lets through in the same way.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; rows outside its scope stay as they are
 * @param table the table's or view's name
 * @param changes column → value, or raw SQL: `{ plays: expr\`plays + 1\` }`
 * @param options which rows (`all: true` for every one), and what to return
 * @returns the rows as stored, or with `returning: false` their number
 * @throws ArgumentError for an empty filter without `all: true`; ValidationError; ConstraintError; QueryError
 * @example `await updateWhere(sql, schema, "track", { composer: null }, { where: { album_id: 1 }, returning: false })` sends
 * `UPDATE "public"."track" SET "composer" = NULL WHERE "album_id" = $1::text::int4`
 */
export async function updateWhere<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name>,
  const Options extends UpdateRowsOptions<FilterOf<Tables, Name>, Column>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  changes: Written<UpdateOf<Tables, Name>>,
  options: Options & UpdateRowsOptions<FilterOf<Tables, Name>, Column>,
): Promise<Touched<RowOf<Tables, Name>, Options>> {
  type Result = Touched<RowOf<Tables, Name>, Options>;
  const context: WriteContext = { sql, schema, table, options };
  const valid = requireValidRow(context, "update", changes);
  const statement = updateWhereSql(schema, table, valid, options);
  return (await (options.returning === false
    ? runCount(context, statement)
    : runWrite(context, statement))) as Result;
}
