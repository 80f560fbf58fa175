import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, InsertOf, RowOf, TableName } from "../schema/tables.ts";
import type { Fragment } from "../statements/fragment.ts";
import { insertSql } from "../statements/insert-sql.ts";
import type { ReturningOptions } from "../statements/returning.ts";
import { requireValidRow, runWrite, type WriteContext, type WriteOptions } from "./write.ts";

/** Options of `insert`, `update` and `deleteRow`. */
export interface WriteRowOptions<Column extends string> extends ReturningOptions<Column>, WriteOptions {}

/** A row whose values can be raw SQL. */
export type Written<Row> = { readonly [Column in keyof Row]: Row[Column] | Fragment };

/**
 * Inserts a row.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a scope stamps the row
 * @param table the table's or view's name
 * @param row column → value or raw SQL (`expr`); an omitted column gets its default
 * @param options the columns to return; `validate: false` skips the validation of values
 * @returns the stored row, including defaults and generated columns; undefined if a trigger or rule suppressed it
 * @throws ValidationError before anything is sent; ConstraintError if a constraint is violated; UnknownNameError; QueryError
 * @example `await insert(sql, schema, "playlist", { name: "Morning" }, { returning: ["name"] })` sends
 * `INSERT INTO "public"."playlist" ("name") VALUES ($1::text::varchar) RETURNING "name"`
 */
export async function insert<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  row: Written<InsertOf<Tables, Name>>,
  options?: WriteRowOptions<Column>,
): Promise<Pick<RowOf<Tables, Name>, Column> | undefined> {
  const context: WriteContext = { sql, schema, table, options };
  const checked = requireValidRow(context, "insert", row);
  const [stored] = await runWrite(context, insertSql(schema, table, checked, options));
  return stored as Pick<RowOf<Tables, Name>, Column> | undefined;
}
