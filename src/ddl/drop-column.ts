import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { changeSchema } from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { DropTableOptions } from "./drop-table.ts";

/**
 * Drops a column with its values, and the keys, checks and indexes of this column alone.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the column's name
 * @param options `cascade: true` drops also keys and checks it shares with other columns, foreign keys that refer to it, views
 * @returns the new snapshot
 * @throws ArgumentError when more than the column would go and `cascade` is not given; ScopeError; UnknownNameError;
 * QueryError, with what depends on it, when it is a view
 * @example `schema = await dropColumn(sql, schema, "track", "composer")`
 */
export function dropColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: ColumnName<Tables, Name>,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ dropColumnSql }) =>
    dropColumnSql(schema, table, column, options),
  );
}
