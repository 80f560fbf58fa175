import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { WithTable } from "./changed-table.ts";
import type { DuplicateTableSqlOptions } from "./duplicate-table-sql.ts";

/** Options of `duplicateTable`. */
export interface DuplicateTableOptions extends DuplicateTableSqlOptions, ChangeOptions {}

/**
 * Copies a table with its columns, keys, constraints, foreign keys, indexes, comments and rows; new rows are numbered on
 * from where the first table is. Triggers, policies and privileges are not copied.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param name the copy's name
 * @param options `rows: false` for an empty copy
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken; ScopeError; UnknownNameError; QueryError
 * @example `schema = await duplicateTable(sql, schema, "genre", "style")`
 */
export function duplicateTable<Tables, Name extends TableName<Tables>, const New extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  name: New,
  options?: DuplicateTableOptions,
): Promise<SchemaSnapshot<WithTable<Tables, New, Tables[Name]>>> {
  return changeSchema(sql, schema, options, ({ duplicateTableSql }) =>
    duplicateTableSql(schema, table, name, options),
  );
}
