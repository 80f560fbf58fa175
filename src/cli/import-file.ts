import { type Connection, ConstraintError, RowfnError, ValidationError } from "../index.ts";
import { exactForms, fileFormat } from "./file-format.ts";
import type { LineNumbers } from "./input/line-numbers.ts";
import { readRows } from "./input/read-rows.ts";
import { textChunks } from "./input/text-chunks.ts";
import { withDatabase } from "./open-database.ts";
import type { StreamedFormat } from "./output/row-writer.ts";
import { writeLine } from "./output/write-text.ts";
import type { GlobalOptions } from "./program.ts";
import { progressBar } from "./progress.ts";

/** A file with rows: `-` is standard input. */
export interface RowsFile {
  readonly path: string;
  readonly format: StreamedFormat | undefined;
}

export type Rows = AsyncIterable<Record<string, unknown>>;

/** Writes the rows of a file, all of them or none, and says how many there were. */
export function importFile(
  connection: GlobalOptions,
  table: string,
  file: RowsFile,
  write: (database: Connection, rows: Rows) => Promise<number>,
): Promise<void> {
  const path = file.path === "-" ? undefined : file.path;
  const format = fileFormat(path, file.format);
  return withDatabase(
    connection,
    async database => {
      const count = await writeFile(database, table, path, format, write);
      await writeLine(`${count} ${count === 1 ? "row" : "rows"} written to ${table}`);
    },
    { types: exactForms(format) },
  );
}

async function writeFile(
  database: Connection,
  table: string,
  path: string | undefined,
  format: StreamedFormat,
  write: (database: Connection, rows: Rows) => Promise<number>,
): Promise<number> {
  const progress = progressBar(path === undefined ? 0 : Bun.file(path).size, "bytes");
  const { rows, lines } = readRows(database.schema, table, format, textChunks(path, progress.advance));
  try {
    return await write(database, rows);
  } catch (error) {
    throw inFile(path ?? "standard input", lines, error);
  } finally {
    progress.stop();
  }
}

const SHOWN = 10;

/** The error with lines of the file instead of numbers of rows. */
function inFile(name: string, lines: LineNumbers, error: unknown): unknown {
  if (error instanceof ValidationError) {
    const found = error.issues.slice(0, SHOWN).map(({ path = [], message }) => {
      const [row, ...columns] = path.map(({ key }) => key);
      return `  ${lines.of(Number(row))}, ${columns.join(".")}: ${message}`;
    });
    const rest = error.issues.length > SHOWN ? [`  and ${error.issues.length - SHOWN} more`] : [];
    const head = `${name}: ${error.issues.length} of the values not accepted, nothing was written`;
    return new RowfnError([head, ...found, ...rest].join("\n"), { cause: error });
  }
  if (error instanceof ConstraintError && error.row !== undefined)
    return new RowfnError(`${name}, ${lines.of(error.row)}: ${error.expected}; nothing was written`, {
      cause: error,
    });
  if (error instanceof RowfnError) return new RowfnError(`${name}: ${error.message}`, { cause: error });
  return error;
}
