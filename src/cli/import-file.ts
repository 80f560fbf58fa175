import type { FileFormat } from "../files/file-format.ts";
import {
  ImportError,
  type ImportResult,
  type ImportRowsOptions,
  importRows,
  importTableSql,
} from "../files/index.ts";
import { hasTable, RowfnError, type SchemaSnapshot } from "../index.ts";
import { nearest } from "../schema/nearest.ts";
import { changePrinter } from "./change-table.ts";
import { fileFormat } from "./file-format.ts";
import { withDatabase } from "./open-database.ts";
import { writeLine } from "./output/output-file.ts";
import { progressBar } from "./output/progress-bar.ts";
import { requireFile } from "./require-file.ts";
import type { GlobalOptions } from "./subcommand.ts";
import { surroundings } from "./surroundings.ts";

/** A file of rows. The path `-` is standard input. */
export interface RowsFile {
  readonly path: string;
  readonly format: FileFormat | undefined;
}

/** Writes all rows of a file or none, and prints their number. */
export async function importFile(
  connection: GlobalOptions,
  table: string,
  file: RowsFile,
  options: Pick<ImportRowsOptions, "columns" | "upsert" | "create" | "alter" | "overriding">,
): Promise<void> {
  const { path } = file;
  const format = fileFormat(path === "-" ? undefined : path, file.format);
  const source = await openSource(path);
  await withDatabase(connection, async ({ sql, schema }) => {
    if (!hasTable(schema, table) && !options.create)
      await requireTable(schema, table, source, format, options);
    const progress = progressBar(source.size, "bytes");
    const result: unknown = await importRows(sql, schema, table, source, {
      ...options,
      format,
      onProgress: ({ bytes }) => progress.show(bytes),
      onStatement: changePrinter(),
    })
      .catch(error => {
        throw fileError(path, error);
      })
      .finally(progress.stop);
    const count = typeof result === "number" ? result : (result as ImportResult<unknown, string>).rows;
    await writeLine(`${count} ${count === 1 ? "row" : "rows"} written to ${table}`);
  });
}

// Shows the table that --create would create.
async function requireTable(
  schema: SchemaSnapshot,
  table: string,
  source: Blob,
  format: FileFormat,
  { columns }: Pick<ImportRowsOptions, "columns">,
): Promise<never> {
  const names = schema.relations.map(({ key }) => key);
  const statements = await importTableSql(schema, table, source, {
    format,
    create: true,
    ...(columns && { columns }),
  });
  const shown = statements.map(text => `${text};\n`).join("");
  throw new RowfnError(
    `table ${JSON.stringify(table)} does not exist${nearest(table, names)}\n--create creates it:\n${shown}`.trimEnd(),
  );
}

async function openSource(path: string): Promise<Blob> {
  if (path === "-") return surroundings().input;
  requireFile(path);
  return Bun.file(path);
}

/** Names the file instead of the table, because the error reports lines of the file. */
export function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof ImportError)) return error;
  const name = path === "-" ? "standard input" : path;
  return new RowfnError(`${name}${error.message.slice(error.table.length)}`, { cause: error });
}
