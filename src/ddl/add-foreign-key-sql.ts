import { quoteName } from "../schema/quote.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import type { ColumnList } from "./column-names.ts";
import { foreignKeyConstraint } from "./definition/constraint-definition.ts";
import { type ForeignKeyOptions, foreignKeyDefinition, referringTable } from "./foreign-key-entry.ts";
import { relationOfKind, TABLE_KINDS } from "./relation-name.ts";

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
