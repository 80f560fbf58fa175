import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { columnOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { newIdentifier } from "../define/identifier.ts";
import { relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";

/**
 * The statement of `renameColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @param name its new name
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError when the name is taken or too long
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
  if (relation.columns.some(one => one.name === name))
    throw new ArgumentError(`${relation.key} has a column ${JSON.stringify(name)} already`);
  const renamed = quoteIdentifier(newIdentifier(name));
  return [`ALTER TABLE ${quoteName(relation)} RENAME COLUMN ${quoteIdentifier(column)} TO ${renamed}`];
}

/**
 * Gives a column another name; keys, indexes, checks and views follow, and so do its form and refinement.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the column's name
 * @param name its new name
 * @param options `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken or too long; ScopeError; UnknownNameError; QueryError
 * @example `schema = await renameColumn(sql, schema, "genre", "name", "title")`
 */
export function renameColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
  name: string,
  options?: ChangeOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(
    sql,
    schema,
    options,
    ({ renameColumnSql }) => renameColumnSql(schema, table, column, name),
    {
      table,
      columns: new Map([[column, name]]),
    },
  );
}
