import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { ExtractSqlOptions } from "./extract-sql.ts";

/** Options of `extract`. */
export interface ExtractOptions extends ExtractSqlOptions, ChangeOptions {}

/**
 * Moves columns into a table of their own, each different combination once, and refers to it by a foreign key with an
 * index. Rows where all of them are NULL refer to nothing. The table is locked meanwhile.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param columns the columns to move
 * @param options `into` names the new table, `foreignKey` the column that refers to it, `rename` columns there
 * @returns the new snapshot
 * @throws ArgumentError, which lists them, when keys, checks, indexes or views use the columns; UnknownNameError; ScopeError;
 * QueryError. Nothing has changed then
 * @example `schema = await extract(sql, schema, "employee", "title", { into: "job" })`
 */
export function extract<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  options?: ExtractOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ extractSql }) => extractSql(schema, table, columns, options));
}
