import { quoteIdentifier, quoteName } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { newIdentifier } from "./identifier.ts";
import { relationOfKind, requireFree } from "./relation-name.ts";

/**
 * The statement of `renameTable`.
 * @param schema a snapshot
 * @param table the table's name
 * @param name its new name, without a schema
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError when the name is taken or too long
 * @example `renameTableSql(schema, "genre", "style")` → `['ALTER TABLE "public"."genre" RENAME TO "style"']`
 */
export function renameTableSql(schema: AnySchema, table: string, name: string): readonly string[] {
  const relation = relationOfKind(schema, table, ["table", "partitioned", "foreign"]);
  requireFree(schema, { schema: relation.schema, name: newIdentifier(name) });
  return [`ALTER TABLE ${quoteName(relation)} RENAME TO ${quoteIdentifier(name)}`];
}
