import type { SqlHandle } from "../driver/handle.ts";
import type { SchemaSnapshot } from "../schema/snapshot.ts";
import { withLock } from "../transactions/with-lock.ts";
import {
  built,
  type ChangeOptions,
  inOneTransaction,
  requireUnscoped,
  schemaAfter,
  sendStatements,
} from "./change-schema.ts";
import type { ChangedTable } from "./changed-table.ts";
import type { CreateTableSqlOptions } from "./create-table-sql.ts";
import type { ColumnEntries } from "./new-table.ts";

/** Options of `createTable`. */
export interface CreateTableOptions extends CreateTableSqlOptions, ChangeOptions {}

/**
 * Makes a table. Columns are valibot schemas or names of PostgreSQL types; the key is `id`, a bigint that numbers itself,
 * unless `primaryKey` says otherwise. Constraints and indexes have the names PostgreSQL would give them.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the new table's name, `note` or `audit.note`
 * @param columns column → valibot schema, or name of a PostgreSQL type, `"text"` or `"text not null"`
 * @param options keys, constraints, defaults, indexes, comments; `ifNotExists` keeps a table that has these columns and keys,
 * `replace` drops it first, and with `cascade` what depends on it
 * @returns the new snapshot
 * @throws ArgumentError for an entry that has no PostgreSQL type, a table that is there and differs, foreign keys that
 * `replace` would cut; UnknownNameError; ScopeError; QueryError. Nothing has changed then
 * @example `schema = await createTable(sql, schema, "mood", { name: v.string() }, { unique: ["name"] })`
 */
export async function createTable<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  columns: ColumnEntries,
  options: CreateTableOptions = {},
): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> {
  requireUnscoped(schema);
  const statements = await built(({ createTableSql }) => createTableSql(schema, table, columns, options));
  const create = async (tx: SqlHandle): Promise<SchemaSnapshot<ChangedTable<Tables, Name>>> => {
    await sendStatements(tx, statements, options);
    const after = await schemaAfter<ChangedTable<Tables, Name>>(tx, schema);
    if (options.ifNotExists === true) await requireAskedFor(schema, after, table, columns, options);
    return after;
  };
  // Two that make the same table at once would meet in PostgreSQL's own catalog.
  return options.ifNotExists === true
    ? await withLock(sql, `rowfn createTable ${table}`, create)
    : await inOneTransaction(sql, create);
}

// Somebody else may have made it since the snapshot was read.
async function requireAskedFor(
  before: SchemaSnapshot<unknown>,
  after: SchemaSnapshot<unknown>,
  table: string,
  columns: ColumnEntries,
  options: CreateTableOptions,
): Promise<void> {
  await built(({ plannedTable, requireSameTable }) => {
    const { made } = plannedTable(before, table, columns, options);
    const { schema, name } = made.definition;
    const there = after.relations.find(one => one.schema === schema && one.name === name);
    if (there !== undefined) requireSameTable(made, there);
  });
}
