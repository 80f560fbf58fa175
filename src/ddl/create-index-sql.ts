import type { AnySchema } from "../schema/snapshot.ts";
import { createIndex } from "./definition/index-definition.ts";
import { type IndexKey, type IndexOptions, indexDefinition } from "./index-entry.ts";
import { namesInUse, relationOfKind } from "./relation-name.ts";

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
    text: createIndex(relation, definition, { concurrently }),
  };
}
