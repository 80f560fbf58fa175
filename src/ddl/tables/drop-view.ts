import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { changeSchema } from "../change-schema.ts";
import type { WithoutTable } from "../changed-table.ts";
import { relationOfKind } from "../define/relation-name.ts";
import { VIEW_KINDS, viewNoun } from "./create-view.ts";
import { type DropTableOptions, type DropTableSqlOptions, viewsOf } from "./drop-table.ts";

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
