import type { SqlHandle } from "../driver/handle.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, KeyOf, RowOf, TableName } from "../schema/tables.ts";
import { deleteRowSql } from "../statements/delete-sql.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import type { WriteRowOptions } from "./insert.ts";
import { requireRow, runWrite, type WriteContext } from "./write.ts";

/**
 * Deletes the row with a primary key.
 * @param sql a Bun SQL handle
 * @param schema a snapshot; a row outside its scope is not there
 * @param table the table's name
 * @param key as for `get`
 * @param options what to return of the deleted row
 * @returns the row as it was; undefined when a trigger or rule kept it
 * @throws NotFoundError when there is none; ConstraintError when another row refers to it; ArgumentError; QueryError
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
  type Deleted = Pick<RowOf<Tables, Name>, Column> | undefined;
  const isReturned = options?.returning !== false;
  // At least one column comes back, so that a row that was deleted can be told from none.
  const returning = isReturned ? options?.returning : keyColumns(schema, table);
  const statement = deleteRowSql(schema, table, key, returning ? { returning } : {});
  const context: WriteContext = { sql, schema, table, options };
  const [deleted] = await runWrite(context, statement);
  if (deleted === undefined) return await requireRow(context, "delete", key);
  return isReturned ? (deleted as Deleted) : undefined;
}

function keyColumns(schema: AnySchema, table: string): string[] {
  return requireKey(relationPlan(schema, table)).map(({ column }) => column.name);
}
