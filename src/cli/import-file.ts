import type { FileFormat } from "../files/format-name.ts";
import { ImportError, type ImportOptions, importRows } from "../files/index.ts";
import { RowfnError } from "../index.ts";
import { fileFormat } from "./file-format.ts";
import { withDatabase } from "./open-database.ts";
import { writeLine } from "./output/write-text.ts";
import { progressBar } from "./progress.ts";
import type { GlobalOptions } from "./subcommand.ts";

/** A file with rows: `-` is standard input. */
export interface RowsFile {
  readonly path: string;
  readonly format: FileFormat | undefined;
}

/** Writes the rows of a file, all of them or none, and says how many there were. */
export async function importFile(
  connection: GlobalOptions,
  table: string,
  { path, format: asked }: RowsFile,
  options: Pick<ImportOptions, "upsert">,
): Promise<void> {
  const format = fileFormat(path === "-" ? undefined : path, asked);
  const source = await sourceOf(path);
  const progress = progressBar(source.size, "bytes");
  await withDatabase(connection, async ({ sql, schema }) => {
    const count = await importRows(sql, schema, table, source, {
      ...options,
      format,
      onProgress: ({ bytes }) => progress.show(bytes),
    })
      .catch(error => {
        throw inFile(path, error);
      })
      .finally(progress.stop);
    await writeLine(`${count} ${count === 1 ? "row" : "rows"} written to ${table}`);
  });
}

async function sourceOf(path: string): Promise<Blob> {
  if (path === "-") return Bun.stdin;
  if (await Bun.file(path).exists()) return Bun.file(path);
  throw new RowfnError(`there is no file ${path}`);
}

// The file's name says more than the table's.
function inFile(path: string, error: unknown): unknown {
  if (!(error instanceof ImportError)) return error;
  const name = path === "-" ? "standard input" : path;
  return new RowfnError(`${name}${error.message.slice(error.table.length)}`, { cause: error });
}
