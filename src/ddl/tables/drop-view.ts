import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { WithoutTable } from "../../schema/changed-table.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { VIEW_KINDS } from "../define/existing-name.ts";
import { dropStatements } from "../drop-statements.ts";

/** Options of `dropView`. */
export interface DropViewOptions extends ChangeOptions {
  /** Do nothing if the view does not exist. */
  readonly ifExists?: boolean;
  /** Drop also the views that depend on the view. */
  readonly cascade?: boolean;
}

const DROP_VIEW_OPTIONS: OptionNames<DropViewOptions> = {
  ifExists: true,
  cascade: true,
  ...SEND_OPTIONS,
};

/**
 * The statement of `dropView`.
 * @param schema a snapshot
 * @param view the view's name
 * @param options `cascade`, `ifExists`
 * @returns the DDL
 * @throws ArgumentError that lists the views that depend on the view, if any do, without `cascade`; UnknownNameError
 * @example `dropViewSql(schema, "genre_sales")` → `['DROP MATERIALIZED VIEW "public"."genre_sales"']`
 */
export function dropViewSql(
  schema: AnySchema,
  view: string,
  options: DropViewOptions = {},
): readonly string[] {
  requireOptions("dropView", options, DROP_VIEW_OPTIONS);
  return dropStatements(schema, view, options, { kinds: VIEW_KINDS, other: "dropTable" });
}

/**
 * Drops a view, plain or materialized.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view the view's name
 * @param options `cascade: true` drops also the views that depend on the view; `ifExists: true` does nothing if the
 * view does not exist; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists the views that depend on the view, if any do, without `cascade`; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropView(sql, schema, "album_overview")`
 */
export async function dropView<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  view: Name,
  options?: DropViewOptions,
): Promise<SchemaSnapshot<WithoutTable<Tables, Name>>> {
  requireUnscoped(schema);
  return await changeSchema(sql, schema, dropViewSql(schema, view, options), options);
}
