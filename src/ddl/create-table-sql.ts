import { ArgumentError } from "../errors.ts";
import { quoteIdentifier, quoteName } from "../schema/quote.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { commentOn } from "./definition/comment-definition.ts";
import { createIndex } from "./definition/index-definition.ts";
import { createTable } from "./definition/table-definition.ts";
import { requireUnreferenced } from "./drop-table-sql.ts";
import { type ColumnEntries, type NewTable, newTable } from "./new-table.ts";
import { namesInUse, newName, relationOfKind, requireFree, TABLE_KINDS } from "./relation-name.ts";
import { tableDifferences } from "./table-differences.ts";
import type { TableOptions } from "./table-options.ts";

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
    createTable(definition, { ifNotExists }),
    ...indexes.map(index => createIndex(definition, index, { ifNotExists })),
    ...(comment === null ? [] : [commentOn(`TABLE ${name}`, comment)]),
    ...[...comments].map(([column, text]) => commentOn(`COLUMN ${name}.${quoteIdentifier(column)}`, text)),
  ];
}
