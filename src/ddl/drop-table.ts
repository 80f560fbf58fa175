import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import { type DropTableSqlOptions, dropTableSql } from "./drop-table-sql.ts";

/** Options of `dropTable`. */
export interface DropTableOptions extends DropTableSqlOptions, ChangeOptions {}

/**
 * Drops a table with its rows.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param options `cascade: true` drops foreign keys and views that depend on it too
 * @returns the new snapshot
 * @throws ArgumentError when foreign keys refer to it and `cascade` is not given; ScopeError; UnknownNameError;
 * QueryError, with what depends on the table, when it is a view
 * @example `schema = await dropTable(sql, schema, "invoice_line")`
 */
export function dropTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<Omit<Tables, Name>>> {
  return changeSchema(sql, schema, options, () => dropTableSql(schema, table, options));
}
