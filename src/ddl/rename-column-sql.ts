import { ArgumentError } from "../errors.ts";
import { quoteIdentifier, quoteName } from "../schema/quote.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { newIdentifier } from "./identifier.ts";
import { relationOfKind, TABLE_KINDS } from "./relation-name.ts";

/**
 * The statement of `renameColumn`.
 * @param schema a snapshot
 * @param table the table's name
 * @param column the column's name
 * @param name its new name
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError when the name is taken or too long
 * @example `renameColumnSql(schema, "genre", "name", "title")` → `['ALTER TABLE "public"."genre" RENAME COLUMN "name" TO "title"']`
 */
export function renameColumnSql(
  schema: AnySchema,
  table: string,
  column: string,
  name: string,
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  columnOf(schema, table, column);
  if (relation.columns.some(one => one.name === name))
    throw new ArgumentError(`${relation.key} has a column ${JSON.stringify(name)} already`);
  const renamed = quoteIdentifier(newIdentifier(name));
  return [`ALTER TABLE ${quoteName(relation)} RENAME COLUMN ${quoteIdentifier(column)} TO ${renamed}`];
}
