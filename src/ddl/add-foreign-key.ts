import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { ForeignKeyOptions } from "./foreign-key-entry.ts";

/** Options of `addForeignKey`. */
export interface AddForeignKeyOptions extends ForeignKeyOptions, ChangeOptions {}

/**
 * Adds a foreign key to a table. An index of its columns is not part of it: see `missingForeignKeyIndexes`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table that gets the key
 * @param columns its columns
 * @param references the table that they refer to
 * @param options `to` names other columns than the primary key; `onDelete`, `onUpdate`, `deferrable`, `name`
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError when the columns referred to are no key; ScopeError; QueryError when rows refer
 * to nothing
 * @example `schema = await addForeignKey(sql, schema, "track", "genre_id", "genre", { onDelete: "setNull" })`
 */
export function addForeignKey<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  references: TableName<Tables>,
  options?: AddForeignKeyOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ addForeignKeySql }) =>
    addForeignKeySql(schema, table, columns, references, options),
  );
}
