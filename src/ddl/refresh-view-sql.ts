import { ArgumentError } from "../errors.ts";
import { quoteName } from "../schema/quote.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { relationOfKind } from "./relation-name.ts";

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
