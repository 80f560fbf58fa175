import type { SqlHandle } from "../../driver/handle.ts";
import { requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { RenamedTable } from "../../schema/changed-table.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationOf } from "../../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { relationOfKind } from "../define/existing-name.ts";
import { requireFree } from "../define/new-name.ts";

/**
 * The statement of `renameTable`.
 * @param schema a snapshot
 * @param table the table's name
 * @param name the new name, without a schema
 * @returns the DDL
 * @throws UnknownNameError; ArgumentError if the name already exists or is too long
 * @example `renameTableSql(schema, "genre", "style")` → `['ALTER TABLE "public"."genre" RENAME TO "style"']`
 */
export function renameTableSql(schema: AnySchema, table: string, name: string): readonly string[] {
  const relation = relationOfKind(schema, table, ["table", "partitioned", "foreign"]);
  requireFree(schema, { schema: relation.schema, name: newIdentifier(name) });
  return [`ALTER TABLE ${quoteName(relation)} RENAME TO ${quoteIdentifier(name)}`];
}

/**
 * Renames a table. Foreign keys, views, indexes, and the JavaScript forms and refinements of its columns follow.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param name the new name, without a schema: the table remains in its schema
 * @param options `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the name already exists or is too long; ScopeError; UnknownNameError; QueryError
 * @example `schema = await renameTable(sql, schema, "genre", "style")`
 */
export async function renameTable<Tables, Name extends TableName<Tables>, const New extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  name: New,
  options?: ChangeOptions,
): Promise<SchemaSnapshot<RenamedTable<Tables, Name, New>>> {
  requireOptions("renameTable", options, SEND_OPTIONS);
  requireUnscoped(schema);
  const statements = renameTableSql(schema, table, name);
  const to = { schema: relationOf(schema, table).schema, name };
  return await changeSchema(sql, schema, statements, options, { table, to });
}
