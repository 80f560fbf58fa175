import type { SqlHandle } from "../driver/handle.ts";
import { sendForValues } from "../driver/send.ts";
import { QueryError } from "../errors.ts";
import { quoteName } from "../schema/quote.ts";
import type { RelationName, SchemaSnapshot } from "../schema/snapshot.ts";
import type { TableName } from "../schema/tables.ts";
import { type Build, built, type ChangeOptions, changeConcurrently, changeSchema } from "./change-schema.ts";
import type { CreateIndexSqlOptions } from "./create-index-sql.ts";
import type { IndexKey } from "./index-entry.ts";

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
