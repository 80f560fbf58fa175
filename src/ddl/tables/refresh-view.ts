import { withCallSite } from "../../driver/call-site.ts";
import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { built, type ChangeOptions, requireUnscoped, sendStatements } from "../change-schema.ts";
import { relationOfKind } from "../define/relation-name.ts";

/** Options of `refreshView`. */
export interface RefreshViewSqlOptions {
  /** Without stopping those who read it; it needs a unique index of all its rows. */
  readonly concurrently?: boolean;
}

/**
 * The statement of `refreshView`.
 * @param schema a snapshot
 * @param view a materialised view's name
 * @param options `concurrently`
 * @returns the DDL
 * @throws ArgumentError for another kind of view, and for `concurrently` without a unique index; UnknownNameError
 * @example `refreshViewSql(schema, "genre_sales", { concurrently: true })` →
 * `['REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."genre_sales"']`
 */
export function refreshViewSql(
  schema: AnySchema,
  view: string,
  options: RefreshViewSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, view, ["materializedView"]);
  const concurrently = options.concurrently === true;
  if (concurrently && !hasUniqueIndex(relation))
    throw new ArgumentError(
      `${relation.key}: refreshing concurrently needs a unique index of columns, without where`,
    );
  return [`REFRESH MATERIALIZED VIEW ${concurrently ? "CONCURRENTLY " : ""}${quoteName(relation)}`];
}

// Manual, REFRESH MATERIALIZED VIEW: of column names only, and of all rows.
function hasUniqueIndex({ uniqueKeys }: Relation): boolean {
  return uniqueKeys.some(
    ({ predicate, expressions, valid }) => predicate === null && expressions.length === 0 && valid,
  );
}

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
