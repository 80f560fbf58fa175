import type { FileFormat } from "../../files/file-format.ts";
import { exportRows } from "../../files/index.ts";
import { type Connection, count } from "../../index.ts";
import { fileFormat, fileFormatOption } from "../file-format.ts";
import { withDatabase } from "../open-database.ts";
import { openSink } from "../output/output-file.ts";
import { progressBar } from "../output/progress-bar.ts";
import { addReadingOptions, type ReadingOptions, rowsOptions } from "../reading-options.ts";
import { examples, OUT_HELP, type Program } from "../subcommand.ts";
import { surroundings } from "../surroundings.ts";

/** `rowfn export`: writes rows to a file. */
export function exportCommand(program: Program): void {
  addReadingOptions(program.command("export"))
    .description("write the rows of a table or view to a file or to standard output")
    .option("--out <file>", OUT_HELP)
    .addOption(fileFormatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn export album --out album.csv",
        "rowfn export track --where genre_id=1 --format ndjson | gzip > rock.ndjson.gz",
      ),
    )
    .action((table, { out, format: requested, ...reading }, command) => {
      const format = fileFormat(out, requested);
      return withDatabase(command.optsWithGlobals(), database =>
        exportTo(out, database, { table, format, reading }),
      );
    });
}

interface Export {
  readonly table: string;
  readonly format: FileFormat;
  readonly reading: ReadingOptions;
}

async function exportTo(
  out: string | undefined,
  database: Connection,
  { table, format, reading }: Export,
): Promise<void> {
  const { sql, schema } = database;
  const options = rowsOptions(schema, table, reading);
  // Only a bar that is shown needs the number.
  const isShown = out !== undefined && surroundings().errors.isTerminal;
  const total = isShown ? await exportedRowCount(database, table, options) : 0;
  const sink = openSink(out);
  const progress = progressBar(total, "rows");
  try {
    const stream = exportRows(sql, schema, table, {
      ...options,
      format,
      onProgress: ({ rows }) => progress.show(rows),
    });
    for await (const bytes of stream) await sink.write(bytes);
    await sink.end();
  } catch (error) {
    sink.abandon();
    throw error;
  } finally {
    progress.stop();
  }
}

async function exportedRowCount(
  { sql, schema }: Connection,
  table: string,
  { where, limit, offset = 0 }: ReturnType<typeof rowsOptions>,
): Promise<number> {
  const found = await count(sql, schema, table, where && { where });
  return Math.min(Math.max(found - offset, 0), limit ?? found);
}
