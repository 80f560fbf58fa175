import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { QueryError } from "../../errors.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, RelationName, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type Build, built, type ChangeOptions, changeConcurrently, changeSchema } from "../change-schema.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { type IndexKey, type IndexOptions, indexDefinition } from "../define/index-entry.ts";
import { namesInUse, relationOfKind } from "../define/relation-name.ts";

/** Options of `createIndex`. */
export interface CreateIndexSqlOptions extends IndexOptions {
  /** Without stopping writes to the table, outside of any transaction. */
  readonly concurrently?: boolean;
}

/** The name an index gets, and its statement. */
export interface PlannedIndex {
  readonly name: string;
  readonly text: string;
}

/**
 * The statement of `createIndex`.
 * @param schema a snapshot
 * @param table the table's name, or a materialised view's
 * @param columns a column, `desc(...)`, ``expr`lower(email)` ``, `{ key, operatorClass }`, or a list of these
 * @param options unique, where, method, include, name, concurrently
 * @returns the DDL
 * @throws UnknownNameError for an unknown table or column; ArgumentError
 * @example ``createIndexSql(schema, "track", ["genre_id", desc("milliseconds")], { where: expr`bytes > 0` })`` →
 * `['CREATE INDEX "track_genre_id_milliseconds_idx" ON "public"."track" ("genre_id", "milliseconds" DESC) WHERE bytes > 0']`
 */
export function createIndexSql(
  schema: AnySchema,
  table: string,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexSqlOptions = {},
): readonly string[] {
  return [plannedIndex(schema, table, columns, options).text];
}

export function plannedIndex(
  schema: AnySchema,
  table: string,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexSqlOptions,
): PlannedIndex & { readonly schema: string } {
  const relation = relationOfKind(schema, table, ["table", "partitioned", "materializedView"]);
  const indexed = { name: relation.name, columns: relation.columns.map(({ name }) => name) };
  const taken = namesInUse(schema, relation.schema);
  const definition = indexDefinition(schema, indexed, columns, options, taken);
  const concurrently = options.concurrently ?? false;
  return {
    schema: relation.schema,
    name: definition.name,
    text: indexDefinitionSql(relation, definition, { concurrently }),
  };
}

/** Options of `createIndex`. */
export interface CreateIndexOptions extends CreateIndexSqlOptions, ChangeOptions {}

/**
 * Makes an index.
 * @param sql a Bun SQL handle; with `concurrently` no transaction
 * @param schema a snapshot without a scope
 * @param table the table's name, or a materialised view's
 * @param columns a column, `desc(...)`, ``expr`lower(email)` ``, `{ key, operatorClass }`, or a list of these
 * @param options unique, where, method, include, name; `concurrently` lets others write to the table meanwhile (an index
 * that could not be finished is dropped again)
 * @returns the new snapshot
 * @throws UnknownNameError for an unknown table or column; ArgumentError; ScopeError; QueryError, for example when a unique
 * index finds equal rows
 * @example `schema = await createIndex(sql, schema, "track", "composer", { concurrently: true })`
 */
export async function createIndex<Tables>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexOptions = {},
): Promise<SchemaSnapshot<Tables>> {
  const build: Build = ({ createIndexSql }) => createIndexSql(schema, table, columns, options);
  if (options.concurrently !== true) return await changeSchema<Tables>(sql, schema, options, build);
  const planned = await built(({ plannedIndex }) => plannedIndex(schema, table, columns, options));
  try {
    return await changeConcurrently<Tables>(sql, schema, options, build);
  } catch (error) {
    // What is left of an index of this name that was there before, or that another session is making, is not ours.
    if (error instanceof QueryError && error.sqlstate !== "42P07") await dropUnfinished(sql, planned);
    throw error;
  }
}

async function dropUnfinished(sql: SqlHandle, index: RelationName): Promise<void> {
  const name = quoteName(index);
  const unfinished =
    "select from pg_catalog.pg_index where indexrelid = to_regclass($1::text) and not indisvalid";
  const rows = await sendForValues(sql, unfinished, [name]);
  if (rows.length > 0) await sendForValues(sql, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`, []);
}
