import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type ChangeOptions, changeConcurrently, changeSchema } from "./change-schema.ts";
import type { DropIndexSqlOptions } from "./drop-index-sql.ts";

/** Options of `dropIndex`. */
export interface DropIndexOptions extends DropIndexSqlOptions, ChangeOptions {}

/**
 * Drops an index.
 * @param sql a Bun SQL handle; with `concurrently` no transaction
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param index the index's name
 * @param options `concurrently` lets others use the table meanwhile
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown table or index; ArgumentError for the index of a constraint; ScopeError; QueryError
 * @example `schema = await dropIndex(sql, schema, "track", "track_album_id_idx")`
 */
export function dropIndex<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  index: string,
  options: DropIndexOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  const change = options.concurrently === true ? changeConcurrently : changeSchema;
  return change<Tables>(sql, schema, options, ({ dropIndexSql }) =>
    dropIndexSql(schema, table, index, options),
  );
}
