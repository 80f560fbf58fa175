import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { type ColumnList, relationOfKind, TABLE_KINDS } from "../define/existing-name.ts";
import { FOREIGN_KEY_OPTIONS, type ForeignKeyOptions } from "../define/foreign-key-entry.ts";
import { changeStatements } from "../transform/changed-table.ts";

/** Options of `addForeignKey`. */
export interface AddForeignKeyOptions extends ForeignKeyOptions, ChangeOptions {}

const ADD_FOREIGN_KEY_OPTIONS: OptionNames<AddForeignKeyOptions> = {
  ...FOREIGN_KEY_OPTIONS,
  ...SEND_OPTIONS,
};

/**
 * The statement of `addForeignKey`.
 * @param schema a snapshot
 * @param table the referencing table's name
 * @param columns the referencing columns
 * @param references the referenced table's name
 * @param options `to`, `onDelete`, `onUpdate`, `deferrable`, `name`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the referenced columns are not a key
 * @example `addForeignKeySql(schema, "track", "genre_id", "genre", { onDelete: "setNull" })` →
 * `['ALTER TABLE "public"."track" ADD CONSTRAINT "track_genre_id_fkey1" FOREIGN KEY ("genre_id") REFERENCES "public"."genre" ("genre_id") ON DELETE SET NULL']`
 */
export function addForeignKeySql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  references: string,
  options: AddForeignKeyOptions = {},
): readonly string[] {
  requireOptions("addForeignKey", options, ADD_FOREIGN_KEY_OPTIONS);
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const { onStatement: _, signal: _signal, timeout: _timeout, ...own } = options;
  return changeStatements(schema, relation, { foreignKeys: [{ ...own, columns, references }] });
}

/**
 * Adds a foreign key to a table. PostgreSQL adds no index for the key: see `missingForeignKeyIndexes`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the referencing table's name
 * @param columns the referencing columns
 * @param references the referenced table's name
 * @param options `to` (the referenced columns, default: the primary key), `onDelete`, `onUpdate`, `deferrable`, `name`,
 * `onStatement`
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError if the referenced columns are not a key; ScopeError; QueryError if a row refers
 * to a row that does not exist
 * @example `schema = await addForeignKey(sql, schema, "track", "genre_id", "genre", { onDelete: "setNull" })`
 */
export async function addForeignKey<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  references: TableName<Tables>,
  options?: AddForeignKeyOptions,
): Promise<SchemaSnapshot<Tables>> {
  requireUnscoped(schema);
  const statements = addForeignKeySql(schema, table, columns, references, options);
  return await changeSchema(sql, schema, statements, options);
}
