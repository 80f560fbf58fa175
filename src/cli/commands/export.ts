import { type Connection, count, streamRows } from "../../index.ts";
import { examples } from "../examples.ts";
import { exactForms, fileFormat, fileFormatOption } from "../file-format.ts";
import { withDatabase } from "../open-database.ts";
import { type RowSink, rowSink } from "../output/row-sink.ts";
import { rowWriter, type StreamedFormat } from "../output/row-writer.ts";
import { tableColumns } from "../output/shown-column.ts";
import type { Program } from "../program.ts";
import { progressBar } from "../progress.ts";
import { addReading, type ReadingOptions, readingOf } from "../reading-options.ts";

/** `rowfn export`: rows into a file. */
export function exportRows(program: Program): void {
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
      return withDatabase(
        command.optsWithGlobals(),
        database => exportTo(out, database, { table, format, reading }),
        { types: exactForms(format) },
      );
    });
}

interface Export {
  readonly table: string;
  readonly format: StreamedFormat;
  readonly reading: ReadingOptions;
}

async function exportTo(out: string | undefined, database: Connection, what: Export): Promise<void> {
  const sink = rowSink(out);
  try {
    await writeRows(sink, out !== undefined, database, what);
    await sink.end();
  } catch (error) {
    sink.abandon();
    throw error;
  }
}

/** Rows that are written together. */
const BATCH = 1_000;

async function writeRows(
  sink: RowSink,
  isFile: boolean,
  database: Connection,
  { table, format, reading }: Export,
): Promise<void> {
  const { sql, schema } = database;
  const options = readingOf(schema, table, reading);
  const { head, row, foot } = rowWriter(format, tableColumns(schema, table, options.select));
  const progress = progressBar(isFile ? await rowsToCome(database, table, options) : 0, "rows");
  try {
    let text = head;
    let index = 0;
    for await (const one of streamRows(sql, schema, table, options)) {
      text += row(one, index++);
      if (index % BATCH > 0) continue;
      await sink.write(text);
      progress.advance(BATCH);
      text = "";
    }
    await sink.write(text + foot);
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
