import type { SqlHandle } from "../../driver/handle.ts";
import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { ColumnName, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { ColumnList } from "../define/column-names.ts";
import { foreignKeyConstraint } from "../define/constraint-definition.ts";
import { type ForeignKeyOptions, foreignKeyDefinition, referringTable } from "../define/foreign-key-entry.ts";
import { relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";

/**
 * The statement of `addForeignKey`.
 * @param schema a snapshot
 * @param table the table that gets the key
 * @param columns its columns
 * @param references the table that they refer to
 * @param options `to`, `onDelete`, `onUpdate`, `deferrable`, `name`
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError when the columns referred to are no key
 * @example `addForeignKeySql(schema, "track", "genre_id", "genre", { onDelete: "setNull" })` →
 * `['ALTER TABLE "public"."track" ADD CONSTRAINT "track_genre_id_fkey1" FOREIGN KEY ("genre_id") REFERENCES "public"."genre" ("genre_id") ON DELETE SET NULL']`
 */
export function addForeignKeySql(
  schema: AnySchema,
  table: string,
  columns: ColumnList,
  references: string,
  options: ForeignKeyOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const key = foreignKeyDefinition(
    schema,
    referringTable(schema, relation.key),
    { ...options, columns, references },
    constraintNames(relation),
  );
  return [`ALTER TABLE ${quoteName(relation)} ADD ${foreignKeyConstraint(key)}`];
}

/** The names that a table's constraints have. */
export function constraintNames({
  primaryKey,
  uniqueKeys,
  foreignKeys,
  checks,
  exclusions,
}: Relation): ReadonlySet<string> {
  const all = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...foreignKeys, ...checks, ...exclusions];
  return new Set(all.map(({ name }) => name));
}

/** Options of `addForeignKey`. */
export interface AddForeignKeyOptions extends ForeignKeyOptions, ChangeOptions {}

/**
 * Adds a foreign key to a table. An index of its columns is not part of it: see `missingForeignKeyIndexes`.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table that gets the key
 * @param columns its columns
 * @param references the table that they refer to
 * @param options `to` names other columns than the primary key; `onDelete`, `onUpdate`, `deferrable`, `name`
 * @returns the new snapshot
 * @throws UnknownNameError; ArgumentError when the columns referred to are no key; ScopeError; QueryError when rows refer
 * to nothing
 * @example `schema = await addForeignKey(sql, schema, "track", "genre_id", "genre", { onDelete: "setNull" })`
 */
export function addForeignKey<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnName<Tables, Name> | readonly ColumnName<Tables, Name>[],
  references: TableName<Tables>,
  options?: AddForeignKeyOptions,
): Promise<SchemaSnapshot<Tables>> {
  return changeSchema<Tables>(sql, schema, options, ({ addForeignKeySql }) =>
    addForeignKeySql(schema, table, columns, references, options),
  );
}
