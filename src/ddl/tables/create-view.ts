import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { ChangedTable } from "../../schema/changed-table.ts";
import { quoteLiteral, quoteName } from "../../schema/quote.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, RelationName, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { Fragment } from "../../statements/fragment.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { commentSql } from "../define/comment-definition.ts";
import { relationOfKind, VIEW_KINDS } from "../define/existing-name.ts";
import { literalSql } from "../define/literal-sql.ts";
import { newName, requireFree } from "../define/new-name.ts";
import { dropRelationSql, relationTarget, viewDefinitionSql } from "../define/relation-definition.ts";

/** Options of `createView`. */
export interface CreateViewOptions extends ChangeOptions {
  /** Store the rows until `refreshView`. */
  readonly materialized?: boolean;
  /** Leave an existing view unchanged, with its comment, if it has this query; reject any other. */
  readonly ifNotExists?: boolean;
  /**
   * Replace an existing view; a plain one must have the same first columns, and keeps its options (manual, CREATE VIEW). A
   * materialized one is dropped with its indexes, comment and privileges.
   */
  readonly replace?: boolean;
  /** The view's comment. */
  readonly comment?: string;
}

const CREATE_VIEW_OPTIONS: OptionNames<CreateViewOptions> = {
  materialized: true,
  ifNotExists: true,
  replace: true,
  comment: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `createView`.
 * @param schema a snapshot; `table` and `col` in the query are looked up in it
 * @param view the new view's name
 * @param query the SELECT, an `expr`; its values become literals
 * @param options `materialized`, `ifNotExists`, `replace`, `comment`
 * @returns the DDL in order
 * @throws ArgumentError if the name already exists; UnknownNameError
 * @example ``createViewSql(schema, "long_track", expr`select name from ${table("track")} where milliseconds > ${300000}`)`` →
 * `['CREATE VIEW "public"."long_track" AS\nselect name from "public"."track" where milliseconds > \'300000\'']`
 */
export function createViewSql(
  schema: AnySchema,
  view: string,
  query: Fragment,
  options: CreateViewOptions = {},
): readonly string[] {
  requireOptions("createView", options, CREATE_VIEW_OPTIONS);
  const name = newName(schema, view);
  const existing = relationNamed(schema, name);
  if (options.ifNotExists === true && options.replace === true)
    throw new ArgumentError(`${view}: ifNotExists and replace cannot be combined; choose one`);
  const kind = options.materialized === true ? "materializedView" : "view";
  if (options.ifNotExists === true && existing?.kind === kind) return [];
  if (options.replace !== true) requireFree(schema, name);
  const replace =
    options.replace === true && kind === "view" && (existing === undefined || existing.kind === "view");
  // CREATE OR REPLACE VIEW resets the options that it does not repeat, such as security_invoker.
  const kept = replace ? (existing?.options ?? []) : [];
  const create = viewDefinitionSql(
    { ...name, kind, options: kept, definition: literalSql(schema, query) },
    { replace },
  );
  const { comment } = options;
  return [
    ...(options.replace === true && !replace ? dropStatements(schema, name, existing) : []),
    create,
    ...(comment === undefined ? [] : [commentSql(relationTarget({ ...name, kind }), comment)]),
  ];
}

function dropStatements(
  schema: AnySchema,
  name: RelationName,
  existing: Relation | undefined,
): readonly string[] {
  const kind =
    existing === undefined ? "materializedView" : relationOfKind(schema, existing.key, VIEW_KINDS).kind;
  return [dropRelationSql({ ...name, kind }, { ifExists: true })];
}

/**
 * Creates a view, plain or materialized.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param view the new view's name
 * @param query the SELECT, an `expr`; its values become literals
 * @param options `materialized`, `ifNotExists`, `replace`, `comment`, `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the name already exists, or if with `ifNotExists` the existing view has another query; UnknownNameError;
 * ScopeError; QueryError
 * @example ``schema = await createView(sql, schema, "loud", expr`select upper(name) as name from ${table("genre")}`)``
 */
export async function createView<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  view: Name,
  query: Fragment,
  options?: CreateViewOptions,
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    createViewSql(current, view, query, options);
  return await createUnlessExists(sql, schema, view, statementsOf, options, {
    requireSame: (tx, current) => requireSameQuery(tx, current, view, query),
  });
}

const SCRATCH = "rowfn_requested";

/**
 * Throws ArgumentError if the query of an existing view is different. The requested query is created as a view and dropped,
 * because only PostgreSQL can print it as that of an existing view.
 */
async function requireSameQuery(
  tx: SqlHandle,
  schema: AnySchema,
  view: string,
  query: Fragment,
): Promise<void> {
  const name = newName(schema, view);
  const scratch = quoteName({ schema: await scratchSchema(tx, name), name: SCRATCH });
  await sendForValues(tx, `CREATE VIEW ${scratch} AS\n${literalSql(schema, query)}`, [], { isLaidOut: true });
  const [existing, requested] = [quoteName(name), scratch].map(one => `${quoteLiteral(one)}::regclass`);
  const [row] = await sendForValues(
    tx,
    `SELECT pg_get_viewdef(${existing}) = pg_get_viewdef(${requested})`,
    [],
  );
  await sendForValues(tx, `DROP VIEW ${scratch}`, []);
  if (row?.[0] === true) return;
  throw new ArgumentError(
    `view ${view} already exists with another query; change it with replace: true, or leave out ifNotExists`,
  );
}

// A role without TEMP has CREATE in the schema of the view, or else it could not create the view either.
async function scratchSchema(tx: SqlHandle, { schema }: RelationName): Promise<string> {
  const [row] = await sendForValues(tx, "SELECT has_database_privilege(current_database(), 'TEMP')", []);
  return row?.[0] === true ? "pg_temp" : schema;
}
