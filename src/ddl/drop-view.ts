import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { changeSchema } from "./change-schema.ts";
import type { WithoutTable } from "./changed-table.ts";
import type { DropTableOptions } from "./drop-table.ts";

/**
 * Drops a view, plain or materialised.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view the view's name
 * @param options `cascade: true` drops views that depend on it too
 * @returns the new snapshot
 * @throws ArgumentError, which lists them, when other views depend on it and `cascade` is not given; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropView(sql, schema, "album_overview")`
 */
export function dropView<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  view: Name,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<WithoutTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ dropViewSql }) => dropViewSql(schema, view, options));
}
