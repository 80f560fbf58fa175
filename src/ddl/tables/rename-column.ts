import type { SqlHandle } from "../../driver/handle.ts";
import { requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { requireNewColumn } from "../define/new-name.ts";
import { changeStatements } from "../transform/changed-table.ts";

/**
 * The statement of `renameColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @param name the new name
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the name already exists or is too long
 * @example `renameColumnSql(schema, "genre", "name", "title")` → `['ALTER TABLE "public"."genre" RENAME COLUMN "name" TO "title"']`
 */
export function renameColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  name: string,
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  columnOf(schema, table, column);
  requireNewColumn(relation, name);
  return changeStatements(schema, relation, { rename: { [column]: name } });
}

/**
 * Renames a column. Keys, indexes, checks, views, and the column's JavaScript form and refinement follow.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the column's name
 * @param name the new name
 * @param options `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the name already exists or is too long; ScopeError; UnknownNameError; QueryError
 * @example `schema = await renameColumn(sql, schema, "genre", "name", "title")`
 */
export async function renameColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
  name: string,
  options?: ChangeOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireOptions("renameColumn", options, SEND_OPTIONS);
  requireUnscoped(schema);
  const statements = renameColumnSql(schema, table, column, name);
  return await changeSchema(sql, schema, statements, options, { table, columns: new Map([[column, name]]) });
}
