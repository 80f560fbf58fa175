import type { SqlHandle } from "../../driver/handle.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { findRelation } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import type { RenamedTable } from "../changed-table.ts";
import { newIdentifier } from "../define/identifier.ts";
import { relationOfKind, requireFree } from "../define/relation-name.ts";

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

/**
 * Gives a table another name; foreign keys, views and indexes follow, and so do the forms and refinements of its columns.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param name its new name, without a schema: it stays in the one it is in
 * @param options `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError when the name is taken or too long; ScopeError; UnknownNameError; QueryError
 * @example `schema = await renameTable(sql, schema, "genre", "style")`
 */
export function renameTable<Tables, Name extends TableName<Tables>, const New extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  name: New,
  options?: ChangeOptions,
): Promise<SchemaSnapshot<RenamedTable<Tables, Name, New>>> {
  const namespace = findRelation(schema, table)?.schema ?? "";
  return changeSchema(sql, schema, options, ({ renameTableSql }) => renameTableSql(schema, table, name), {
    table,
    to: { schema: namespace, name },
  });
}
