import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import type { Fragment } from "../statements/fragment.ts";
import { type ChangeOptions, changeSchema } from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { CreateViewSqlOptions } from "./create-view-sql.ts";

/** Options of `createView`. */
export interface CreateViewOptions extends CreateViewSqlOptions, ChangeOptions {}

/**
 * Makes a view, plain or materialised.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view the new view's name
 * @param query what it selects, made by `expr`; values become literals
 * @param options `materialized`, `replace`, `comment`
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken; UnknownNameError; ScopeError; QueryError
 * @example ``schema = await createView(sql, schema, "loud", expr`select upper(name) as name from ${table("genre")}`)``
 */
export function createView<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  view: Name,
  query: Fragment,
  options?: CreateViewOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ createViewSql }) =>
    createViewSql(schema, view, query, options),
  );
}
