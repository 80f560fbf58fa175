import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { WithoutTable } from "./changed-table.ts";
import type { DropTableSqlOptions } from "./drop-table-sql.ts";

/** Options of `dropTable`. */
export interface DropTableOptions extends DropTableSqlOptions, ChangeOptions {}

/**
 * Drops a table with its rows.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param options `cascade: true` drops foreign keys and views that depend on it too
 * @returns the new snapshot
 * @throws ArgumentError, which lists them, when foreign keys or views depend on it and `cascade` is not given; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropTable(sql, schema, "playlist_track")`
 */
export function dropTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<WithoutTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ dropTableSql }) => dropTableSql(schema, table, options));
}
