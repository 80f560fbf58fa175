import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import type { AddColumnSqlOptions } from "./add-column-sql.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { ColumnEntry } from "./column-entry.ts";

/** Options of `addColumn`. */
export interface AddColumnOptions extends AddColumnSqlOptions, ChangeOptions {}

/**
 * Adds a column at the end of a table.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param column the new column's name
 * @param entry a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options `default` (the rows that are there get it too), `references`, `comment`
 * @returns the new snapshot
 * @throws ArgumentError for an entry without a type, a name that is taken; UnknownNameError; ScopeError; QueryError when
 * rows are there and a column that refuses NULL has no default
 * @example `schema = await addColumn(sql, schema, "genre", "stars", v.optional(v.pipe(v.number(), v.integer()), 3))`
 */
export function addColumn<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  column: string,
  entry: ColumnEntry,
  options?: AddColumnOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ addColumnSql }) =>
    addColumnSql(schema, table, column, entry, options),
  );
}
