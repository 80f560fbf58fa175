import { type OptionNames, requireOptions, requireSnapshot } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { FileFormat } from "./file-format.ts";
import type { FileSource } from "./file-source.ts";
import { type FileTableOptions, fileTableSql, requireCreate } from "./file-table.ts";
import { type ColumnNames, requireNames } from "./input-columns.ts";

/** Options of `importTableSql`, with the meaning that they have for `importRows`. */
export interface ImportTableSqlOptions {
  readonly format: FileFormat;
  readonly columns?: ColumnNames;
  readonly create?: boolean | FileTableOptions;
  readonly alter?: boolean;
}

const IMPORT_TABLE_OPTIONS: OptionNames<ImportTableSqlOptions> = {
  format: true,
  columns: true,
  create: true,
  alter: true,
};

/**
 * The statements with which `importRows` creates the table of a file or adds its columns, to look at before it does so. The
 * whole file is read, and nothing is sent.
 * @param schema a snapshot
 * @param table the table's name
 * @param source as for `importRows`; a stream can be read only once
 * @param options the format; `columns`, `create`, `alter` as for `importRows`
 * @returns the DDL in order; empty if the table has all columns
 * @throws ImportError with the line if the file cannot be read; ArgumentError for a file without columns; UnknownNameError
 * @example `await importTableSql(schema, "visit", "day,pages\n2026-01-31,7\n", { format: "csv", create: { primaryKey: "day" } })` →
 * `['CREATE TABLE "public"."visit" (\n  "day" date NOT NULL,\n  "pages" bigint,\n  CONSTRAINT "visit_pkey" PRIMARY KEY ("day")\n)']`
 */
export async function importTableSql(
  schema: AnySchema,
  table: string,
  source: FileSource,
  options: ImportTableSqlOptions,
): Promise<readonly string[]> {
  requireSnapshot(schema);
  requireOptions("importTableSql", options ?? null, IMPORT_TABLE_OPTIONS);
  requireNames(options.columns);
  requireCreate(options.create);
  return await fileTableSql(schema, table, source, options, undefined);
}
