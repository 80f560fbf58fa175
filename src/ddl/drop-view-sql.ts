import { ArgumentError } from "../errors.ts";
import { quoteName } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { VIEW_KINDS, viewNoun } from "./create-view-sql.ts";
import { type DropTableSqlOptions, viewsOf } from "./drop-table-sql.ts";
import { relationOfKind } from "./relation-name.ts";

/**
 * The statement of `dropView`.
 * @param schema a snapshot
 * @param view the view's name
 * @param options `cascade`
 * @returns the DDL
 * @throws ArgumentError when other views depend on it and `cascade` is not given; UnknownNameError
 * @example `dropViewSql(schema, "genre_sales")` → `['DROP MATERIALIZED VIEW "public"."genre_sales"']`
 */
export function dropViewSql(
  schema: AnySchema,
  view: string,
  options: DropTableSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, view, VIEW_KINDS);
  const others = viewsOf(schema, relation).map(({ key }) => key);
  if (others.length > 0 && options.cascade !== true)
    throw new ArgumentError(
      `${relation.key}: other views depend on it, cascade: true drops them: ${others.join("; ")}`,
    );
  const cascade = options.cascade === true ? " CASCADE" : "";
  return [`DROP ${viewNoun(relation.kind)} ${quoteName(relation)}${cascade}`];
}
