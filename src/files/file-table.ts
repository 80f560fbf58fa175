import type { ColumnEntries } from "../ddl/define/column-entries.ts";
import { newName } from "../ddl/define/new-name.ts";
import { TABLE_OPTIONS, type TableOptions } from "../ddl/define/table-options.ts";
import { createTableSql } from "../ddl/tables/create-table.ts";
import { ArgumentError, RowfnError } from "../errors.ts";
import { type OptionNames, requireObject, requireOptions } from "../schema/arguments.ts";
import { findRelation } from "../schema/relation-of.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { addColumnsText } from "../statements/new-columns-sql.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { detectFile } from "./detect-file.ts";
import type { FileFormat } from "./file-format.ts";
import { type FileSource, sourceText } from "./file-source.ts";
import { placedError } from "./import-error.ts";
import type { ColumnNames } from "./input-columns.ts";

/** The table that `importRows` creates, as for `createTable`. */
export interface FileTableOptions extends TableOptions {
  /** The entries of columns whose types are not to be detected, and of columns that the file does not have. */
  readonly columns?: ColumnEntries;
}

const FILE_TABLE_OPTIONS: OptionNames<FileTableOptions> = { columns: true, ...TABLE_OPTIONS };

/** The options of an import that decide which table or columns it creates. */
export interface FileTable {
  readonly format: FileFormat;
  readonly columns?: ColumnNames;
  readonly create?: boolean | FileTableOptions;
  readonly alter?: boolean;
}

/** Throws for an invalid `create`. */
export function requireCreate(create: unknown): void {
  if (create === undefined || typeof create === "boolean") return;
  requireObject("create", create);
  requireOptions("create", create, FILE_TABLE_OPTIONS);
}

/** The DDL that creates the table, or adds the columns, that the rows of a file need; empty if nothing is missing. */
export async function fileTableSql(
  schema: AnySchema,
  table: string,
  source: FileSource,
  options: FileTable,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { create = false, alter = false } = options;
  const existing = findRelation(schema, table);
  if (existing === undefined && create !== false)
    return await newTableSql(schema, table, source, { ...options, create }, signal);
  const plan = relationPlan(schema, table);
  if (!alter) return [];
  const types = await detect(schema, table, source, options, name => plan.columns.has(name), signal);
  const added = new Map([...types].flatMap(([name, type]) => (type === undefined ? [] : [[name, type]])));
  return added.size === 0 ? [] : [addColumnsText(plan, added)];
}

const NO_ROWS = "the file has no rows, so its columns cannot be detected; create the table first";

async function newTableSql(
  schema: AnySchema,
  table: string,
  source: FileSource,
  options: FileTable,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  newName(schema, table);
  const { columns = {}, ...rest } = typeof options.create === "object" ? options.create : {};
  const isGiven = (name: string): boolean => Object.hasOwn(columns, name);
  const types = await detect(schema, table, source, options, isGiven, signal);
  if (types.size === 0) throw placedError(table, new ArgumentError(NO_ROWS));
  const detected = [...types].map(([name, type]) => [name, type ?? columns[name]!] as const);
  return createTableSql(schema, table, { ...Object.fromEntries(detected), ...columns }, rest);
}

async function detect(
  schema: AnySchema,
  table: string,
  source: FileSource,
  { format, columns = {} }: FileTable,
  isKnown: (column: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string | undefined>> {
  try {
    const chunks = sourceText(source, signal, () => {});
    return await detectFile({ schema, format, names: columns, isKnown }, chunks);
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw placedError(table, error);
  }
}
