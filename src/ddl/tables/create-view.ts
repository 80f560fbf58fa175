import type { SqlHandle } from "../../driver/handle.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, RelationName, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { commentOn } from "../define/comment-definition.ts";
import { literalSql } from "../define/literal-sql.ts";
import { newName, relationOfKind, requireFree } from "../define/relation-name.ts";
import { viewDefinitionSql } from "../define/view-definition.ts";

/** Options of `createView`. */
export interface CreateViewSqlOptions {
  /** Keep the rows, until `refreshView`. */
  readonly materialized?: boolean;
  /** Put it in the place of a view of this name; a plain one keeps its columns and may get more (manual, CREATE VIEW). */
  readonly replace?: boolean;
  /** Its comment. */
  readonly comment?: string;
}

/**
 * The statements of `createView`.
 * @param schema a snapshot; `table` and `col` in the query are looked up in it
 * @param view the new view's name
 * @param query what it selects, made by `expr`; values become literals
 * @param options materialised, replace, comment
 * @returns the DDL in order
 * @throws ArgumentError when the name is taken; UnknownNameError
 * @example ``createViewSql(schema, "long_track", expr`select name from ${table("track")} where milliseconds > ${300000}`)`` →
 * `['CREATE VIEW "public"."long_track" AS\nselect name from "public"."track" where milliseconds > \'300000\'']`
 */
export function createViewSql(
  schema: AnySchema,
  view: string,
  query: Fragment,
  options: CreateViewSqlOptions = {},
): readonly string[] {
  const name = newName(schema, view);
  if (options.replace !== true) requireFree(schema, name);
  const there = schema.relations.find(one => one.schema === name.schema && one.name === name.name);
  const kind = options.materialized === true ? "materializedView" : "view";
  const replace =
    options.replace === true && kind === "view" && (there === undefined || there.kind === "view");
  const create = viewDefinitionSql(
    { ...name, kind, options: [], definition: literalSql(schema, query) },
    { replace },
  );
  const { comment } = options;
  const what = `${viewNoun(kind)} ${quoteName(name)}`;
  return [
    ...(options.replace === true && !replace ? dropOld(schema, name, there) : []),
    create,
    ...(comment === undefined ? [] : [commentOn(what, comment)]),
  ];
}

function dropOld(schema: AnySchema, name: RelationName, there: Relation | undefined): readonly string[] {
  const { kind } =
    there === undefined
      ? { kind: "materializedView" as const }
      : relationOfKind(schema, there.key, VIEW_KINDS);
  return [`DROP ${viewNoun(kind)} IF EXISTS ${quoteName(name)}`];
}

/** What is a view. */
export const VIEW_KINDS: readonly Relation["kind"][] = ["view", "materializedView"];

export function viewNoun(kind: Relation["kind"]): string {
  return kind === "view" ? "VIEW" : "MATERIALIZED VIEW";
}

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
