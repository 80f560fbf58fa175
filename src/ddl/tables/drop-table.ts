import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import { referrersOf } from "../../schema/referrers.ts";
import type { AnySchema, Relation, RelationName, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { WithoutTable } from "../changed-table.ts";
import { relationOfKind } from "../define/relation-name.ts";

/** Options of `dropTable`. */
export interface DropTableSqlOptions {
  /** Drop what depends on it too: foreign keys of other tables, views. */
  readonly cascade?: boolean;
}

/**
 * The statement of `dropTable`.
 * @param schema a snapshot
 * @param table the table's name
 * @param options `cascade`
 * @returns the DDL
 * @throws ArgumentError when foreign keys or views depend on it and `cascade` is not given; UnknownNameError
 * @example `dropTableSql(schema, "playlist_track")` → `['DROP TABLE "public"."playlist_track"']`
 */
export function dropTableSql(
  schema: AnySchema,
  table: string,
  options: DropTableSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, ["table", "partitioned", "foreign"]);
  if (options.cascade !== true) requireUnreferenced(schema, relation);
  const what = relation.kind === "foreign" ? "FOREIGN TABLE" : "TABLE";
  return [`DROP ${what} ${quoteName(relation)}${options.cascade === true ? " CASCADE" : ""}`];
}

/** Throws ArgumentError with the foreign keys of other tables that would be cut, and the views that would go. */
export function requireUnreferenced(schema: AnySchema, relation: Relation): void {
  const keys = referrersOf(schema, relation)
    .filter(({ table }) => table !== relation.key)
    .map(({ table, foreignKey }) => `${foreignKey.name} of ${table} (${foreignKey.columns.join(", ")})`);
  const views = viewsOf(schema, relation).map(({ key }) => `view ${key}`);
  const all = [...keys, ...views];
  if (all.length > 0)
    throw new ArgumentError(
      `${relation.key}: other things depend on it, cascade: true drops them: ${all.join("; ")}`,
    );
}

/** The views whose queries name a relation. */
export function viewsOf({ relations }: AnySchema, { schema, name }: RelationName): readonly Relation[] {
  return relations.filter(({ dependsOn }) =>
    dependsOn.some(one => one.schema === schema && one.name === name),
  );
}

/** Options of `dropTable`. */
export interface DropTableOptions extends DropTableSqlOptions, ChangeOptions {}

/**
 * Drops a table with its rows.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param options `cascade: true` drops foreign keys and views that depend on it too
 * @returns the new snapshot
 * @throws ArgumentError, which lists them, when foreign keys or views depend on it and `cascade` is not given; ScopeError;
 * UnknownNameError; QueryError
 * @example `schema = await dropTable(sql, schema, "playlist_track")`
 */
export function dropTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<WithoutTable<Tables, Name>>> {
  return changeSchema(sql, schema, options, ({ dropTableSql }) => dropTableSql(schema, table, options));
}
