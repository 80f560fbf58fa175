import { withCallSite } from "../../driver/call-site.ts";
import type { SqlHandle } from "../../driver/handle.ts";
import { limited } from "../../driver/limited.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, sendStatements } from "../change-schema.ts";
import { relationOfKind } from "../define/existing-name.ts";

/** Options of `refreshView`. */
export interface RefreshViewOptions extends ChangeOptions {
  /** Refresh without blocking readers, which requires a unique index of all rows. */
  readonly concurrently?: boolean;
}

const REFRESH_VIEW_OPTIONS: OptionNames<RefreshViewOptions> = { concurrently: true, ...SEND_OPTIONS };

/**
 * The statement of `refreshView`.
 * @param schema a snapshot
 * @param view a materialized view's name
 * @param options `concurrently`
 * @returns the DDL
 * @throws ArgumentError for another kind of relation, and for `concurrently` without a unique index; UnknownNameError
 * @example `refreshViewSql(schema, "genre_sales", { concurrently: true })` →
 * `['REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."genre_sales"']`
 */
export function refreshViewSql(
  schema: AnySchema,
  view: string,
  options: RefreshViewOptions = {},
): readonly string[] {
  requireOptions("refreshView", options, REFRESH_VIEW_OPTIONS);
  const relation = relationOfKind(schema, view, ["materializedView"]);
  const concurrently = options.concurrently === true;
  if (concurrently && !hasUniqueIndex(relation))
    throw new ArgumentError(
      `${relation.key}: concurrently: true requires a unique index of columns, without where; create one with createIndex`,
    );
  return [`REFRESH MATERIALIZED VIEW ${concurrently ? "CONCURRENTLY " : ""}${quoteName(relation)}`];
}

// Manual, REFRESH MATERIALIZED VIEW: of column names only, and of all rows.
function hasUniqueIndex({ uniqueKeys }: Relation): boolean {
  return uniqueKeys.some(
    ({ predicate, expressions, valid }) => predicate === null && expressions.length === 0 && valid,
  );
}

/**
 * Runs a materialized view's query again and stores the rows. The snapshot remains valid.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view a materialized view's name
 * @param options `concurrently` does not block readers; `onStatement`
 * @returns nothing
 * @throws ArgumentError for another kind of relation, and for `concurrently` without a unique index; ScopeError;
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
  try {
    const statements = refreshViewSql(schema, view, options);
    await limited(sql, options, handle => sendStatements(handle, statements, options));
  } catch (error) {
    throw withCallSite(error);
  }
}
