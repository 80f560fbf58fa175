// `rowfn/files`: import and export, row formats, statistics of columns, diagrams and generated modules.

export { type AnalyzeOptions, analyzeColumn, type ColumnAnalysis } from "../rows/analyze-column.ts";
export { type GenerateModuleOptions, generateModule } from "./codegen/generate-module.ts";
export { snapshotJson } from "./codegen/snapshot-json.ts";
export { type DiagramOptions, diagram } from "./diagram/diagram.ts";
export { type ExportRowsOptions, exportRows } from "./export-rows.ts";
export type { FileFormat, RowFormat } from "./file-format.ts";
export type { FileProgress } from "./file-progress.ts";
export type { FileSource } from "./file-source.ts";
export type { FileTableOptions } from "./file-table.ts";
export { type FormatRowsOptions, formatRows } from "./format-rows.ts";
export { ImportError } from "./import-error.ts";
export {
  type ChangingImportOptions,
  type ImportResult,
  type ImportRowsOptions,
  importRows,
} from "./import-rows.ts";
export { type ImportTableSqlOptions, importTableSql } from "./import-table-sql.ts";
