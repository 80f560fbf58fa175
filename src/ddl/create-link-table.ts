import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { CreateLinkTableSqlOptions } from "./create-link-table-sql.ts";

/** Options of `createLinkTable`. */
export interface CreateLinkTableOptions extends CreateLinkTableSqlOptions, ChangeOptions {}

/**
 * Makes the table between two others that `link` fills (many-to-many): the primary keys of both are its own, and an index
 * serves the way back.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table a table's name
 * @param other the table it is to be linked with; itself gives the columns `from_id` and `to_id`
 * @param options `name`, `artist_genre` by default; `onDelete`, `cascade` by default; more `columns`
 * @returns the new snapshot
 * @throws ArgumentError for a table without a primary key, a name that is taken; UnknownNameError; ScopeError; QueryError
 * @example `schema = await createLinkTable(sql, schema, "artist", "genre")`
 */
export function createLinkTable<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  other: TableName<Tables>,
  options?: CreateLinkTableOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ createLinkTableSql }) =>
    createLinkTableSql(schema, table, other, options),
  );
}
