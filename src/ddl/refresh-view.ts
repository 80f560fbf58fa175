import { withCallSite } from "../driver/call-site.ts";
import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { built, type ChangeOptions, requireUnscoped, sendStatements } from "./change-schema.ts";
import type { RefreshViewSqlOptions } from "./refresh-view-sql.ts";

/** Options of `refreshView`. */
export interface RefreshViewOptions extends RefreshViewSqlOptions, ChangeOptions {}

/**
 * Fills a materialised view anew. The schema stays as it is, so there is no new snapshot.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view a materialised view's name
 * @param options `concurrently` lets others read it meanwhile
 * @returns nothing
 * @throws ArgumentError for another kind of view, and for `concurrently` without a unique index; ScopeError;
 * UnknownNameError; QueryError
 * @example `await refreshView(sql, schema, "genre_sales", { concurrently: true })` sends
 * `REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."genre_sales"`
 */
export async function refreshView<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  view: TableName<Tables>,
  options?: RefreshViewOptions,
): Promise<void> {
  requireUnscoped(schema);
  const statements = await built(({ refreshViewSql }) => refreshViewSql(schema, view, options));
  try {
    await sendStatements(sql, statements, options);
  } catch (error) {
    throw withCallSite(error);
  }
}
