import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { WithoutTable } from "../../schema/changed-table.ts";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { TableName } from "../../schema/tables.ts";
import { type ChangeOptions, changeSchema } from "../change-schema.ts";
import { dropStatements } from "../drop-statements.ts";

/** Options of `dropTable`. */
export interface DropTableOptions extends ChangeOptions {
  /** Do nothing if the table does not exist. */
  readonly ifExists?: boolean;
  /** Drop also what depends on the table: foreign keys of other tables, views. */
  readonly cascade?: boolean;
}

const DROP_TABLE_OPTIONS: OptionNames<DropTableOptions> = {
  ifExists: true,
  cascade: true,
  ...SEND_OPTIONS,
};

/**
 * The statement of `dropTable`.
 * @param schema a snapshot
 * @param table the table's name
 * @param options `cascade`, `ifExists`
 * @returns the DDL
 * @throws ArgumentError that lists the foreign keys and views that depend on the table, if any do, without `cascade`;
 * UnknownNameError
 * @example `dropTableSql(schema, "playlist_track")` → `['DROP TABLE "public"."playlist_track"']`
 */
export function dropTableSql(
  schema: AnySchema,
  table: string,
  options: DropTableOptions = {},
): readonly string[] {
  requireOptions("dropTable", options, DROP_TABLE_OPTIONS);
  return dropStatements(schema, table, options, {
    kinds: ["table", "partitioned", "foreign"],
    other: "dropView",
  });
}

/**
 * Drops a table with its rows.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param options `cascade: true` drops also the foreign keys and views that depend on the table; `ifExists: true` does nothing
 * if the table does not exist; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError that lists the foreign keys and views that depend on the table, if any do, without `cascade`;
 * ScopeError; UnknownNameError; QueryError
 * @example `schema = await dropTable(sql, schema, "playlist_track")`
 */
export async function dropTable<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options?: DropTableOptions,
): Promise<SchemaSnapshot<WithoutTable<Tables, Name>>> {
  requireUnscoped(schema);
  return await changeSchema(sql, schema, dropTableSql(schema, table, options), options);
}
