import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation, SchemaSnapshot } from "../../schema/snapshot.ts";
import { withLock } from "../../transactions/with-lock.ts";
import {
  built,
  type ChangeOptions,
  inOneTransaction,
  requireUnscoped,
  schemaAfter,
  sendStatements,
} from "../change-schema.ts";
import type { ChangedTable } from "../changed-table.ts";
import { commentOn } from "../define/comment-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { type ColumnEntries, type NewTable, newTable } from "../define/new-table.ts";
import { namesInUse, newName, relationOfKind, requireFree, TABLE_KINDS } from "../define/relation-name.ts";
import { tableDefinitionSql } from "../define/table-definition.ts";
import type { TableOptions } from "../define/table-options.ts";
import { tableDifferences } from "../diff/table-differences.ts";
import { requireUnreferenced } from "./drop-table.ts";

/** Options of `createTable`. */
export interface CreateTableSqlOptions extends TableOptions {
  /** Leave a table of this name as it is, if it has these columns and keys; any other is an error. */
  readonly ifNotExists?: boolean;
  /** Drop a table of this name first, with its rows. */
  readonly replace?: boolean;
  /** With `replace`: drop also foreign keys and views that depend on the old table. */
  readonly cascade?: boolean;
}

/**
 * The statements of `createTable`.
 * @param schema a snapshot: types, tables that foreign keys refer to, names that are in use
 * @param table the new table's name, `note` or `audit.note`
 * @param columns column → valibot schema, or name of a PostgreSQL type
 * @param options keys, constraints, defaults, indexes, comments; what to do with a table that is there
 * @returns the DDL in order; none with `ifNotExists` when the table is there
 * @throws ArgumentError; UnknownNameError for an unknown type, column, table or schema
 * @example `createTableSql(schema, "mood", { name: "text" }, { primaryKey: "name" })` →
 * `['CREATE TABLE "public"."mood" (\n  "name" text NOT NULL,\n  CONSTRAINT "mood_pkey" PRIMARY KEY ("name")\n)']`
 */
export function createTableSql(
  schema: AnySchema,
  table: string,
  columns: ColumnEntries,
  options: CreateTableSqlOptions = {},
): readonly string[] {
  const { there, made } = plannedTable(schema, table, columns, options);
  if (options.ifNotExists === true && there !== undefined) {
    requireSameTable(made, there);
    return [];
  }
  return [...dropStatements(schema, made, there, options), ...createStatements(made, options)];
}

/** The new table, and the one that has its name. */
export function plannedTable(
  schema: AnySchema,
  table: string,
  columns: ColumnEntries,
  options: CreateTableSqlOptions,
): { readonly there: Relation | undefined; readonly made: NewTable } {
  const name = newName(schema, table);
  if (options.ifNotExists !== true && options.replace !== true) requireFree(schema, name);
  if (options.ifNotExists === true && options.replace === true)
    throw new ArgumentError(`${table}: ifNotExists keeps a table that is there, replace drops it`);
  const there = schema.relations.find(one => one.schema === name.schema && one.name === name.name);
  if (there !== undefined) relationOfKind(schema, there.key, TABLE_KINDS);
  const made = newTable(schema, table, name, columns, options, namesInUse(schema, name.schema, there));
  return { there, made };
}

/** Throws ArgumentError with the differences between a table that is asked for and the one that is there. */
export function requireSameTable(made: NewTable, there: Relation): void {
  const differences = tableDifferences(made, there);
  if (differences.length > 0)
    throw new ArgumentError(
      `there is a table ${there.key} already, and it is another one:\n${differences.map(line => `  ${line}`).join("\n")}`,
    );
}

function dropStatements(
  schema: AnySchema,
  { definition }: NewTable,
  there: Relation | undefined,
  { replace, cascade }: CreateTableSqlOptions,
): readonly string[] {
  if (replace !== true) return [];
  if (there !== undefined && cascade !== true) requireUnreferenced(schema, there);
  return [`DROP TABLE IF EXISTS ${quoteName(definition)}${cascade === true ? " CASCADE" : ""}`];
}

function createStatements(
  { definition, indexes, comment, comments }: NewTable,
  { ifNotExists = false }: CreateTableSqlOptions,
): readonly string[] {
  const name = quoteName(definition);
  return [
    tableDefinitionSql(definition, { ifNotExists }),
    ...indexes.map(index => indexDefinitionSql(definition, index, { ifNotExists })),
    ...(comment === null ? [] : [commentOn(`TABLE ${name}`, comment)]),
    ...[...comments].map(([column, text]) => commentOn(`COLUMN ${name}.${quoteIdentifier(column)}`, text)),
  ];
}

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
