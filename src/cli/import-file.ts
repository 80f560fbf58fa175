import type { FileFormat } from "../files/file-format.ts";
import { ImportError, type ImportRowsOptions, importRows } from "../files/index.ts";
import { RowfnError } from "../index.ts";
import { fileFormat } from "./file-format.ts";
import { withDatabase } from "./open-database.ts";
import { writeLine } from "./output/output-file.ts";
import { progressBar } from "./output/progress-bar.ts";
import type { GlobalOptions } from "./subcommand.ts";

/** A file of rows. The path `-` is standard input. */
export interface RowsFile {
  readonly path: string;
  readonly format: FileFormat | undefined;
}

/** Writes all rows of a file or none, and prints their number. */
export async function importFile(
  connection: GlobalOptions,
  table: string,
  { path, format: requested }: RowsFile,
  options: Pick<ImportRowsOptions, "upsert">,
): Promise<void> {
  const format = fileFormat(path === "-" ? undefined : path, requested);
  const source = await openSource(path);
  const progress = progressBar(source.size, "bytes");
  await withDatabase(connection, async ({ sql, schema }) => {
    const count = await importRows(sql, schema, table, source, {
      ...options,
      format,
      onProgress: ({ bytes }) => progress.show(bytes),
    })
      .catch(error => {
        throw fileError(path, error);
      })
      .finally(progress.stop);
    await writeLine(`${count} ${count === 1 ? "row" : "rows"} written to ${table}`);
  });
}

async function openSource(path: string): Promise<Blob> {
  if (path === "-") return Bun.stdin;
  if (await Bun.file(path).exists()) return Bun.file(path);
  throw new RowfnError(`file ${path} does not exist`);
}

// Names the file instead of the table, because the error reports lines of the file.
function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof ImportError)) return error;
  const name = path === "-" ? "standard input" : path;
  return new RowfnError(`${name}${error.message.slice(error.table.length)}`, { cause: error });
}
