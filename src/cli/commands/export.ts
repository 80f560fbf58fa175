import type { FileFormat } from "../../files/format-name.ts";
import { exportRows } from "../../files/index.ts";
import { type Connection, count } from "../../index.ts";
import { examples } from "../examples.ts";
import { fileFormat, fileFormatOption } from "../file-format.ts";
import { withDatabase } from "../open-database.ts";
import { rowSink } from "../output/row-sink.ts";
import { progressBar } from "../progress.ts";
import { addReading, type ReadingOptions, readingOf } from "../reading-options.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn export`: rows into a file. */
export function exportCommand(program: Program): void {
  addReading(program.command("export"))
    .description("write the rows of a table or view as they are, in memory for some thousands of them")
    .option("--out <file>", "where to; standard output by default")
    .addOption(fileFormatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn export album --out album.csv",
        "rowfn export track --where genre_id=1 --format ndjson | gzip > rock.ndjson.gz",
      ),
    )
    .action((table, { out, format: asked, ...reading }, command) => {
      const format = fileFormat(out, asked);
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
  const options = readingOf(schema, table, reading);
  const total = out === undefined ? 0 : await rowsToCome(database, table, options);
  const progress = progressBar(total, "rows");
  const sink = rowSink(out);
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

async function rowsToCome(
  { sql, schema }: Connection,
  table: string,
  { where, limit, offset = 0 }: ReturnType<typeof readingOf>,
): Promise<number> {
  const found = await count(sql, schema, table, where && { where });
  return Math.min(Math.max(found - offset, 0), limit ?? found);
}
