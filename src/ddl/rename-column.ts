import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";

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
