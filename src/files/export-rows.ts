import { withCreator } from "../driver/call-site.ts";
import { isTransaction, limitsOf, type SqlHandle } from "../driver/handle.ts";
import type { RunOptions } from "../rows/run.ts";
import { cursorBatches } from "../rows/stream-rows.ts";
import { type OptionNames, requireOptions, requireSnapshot } from "../schema/arguments.ts";
import { abilitiesOf } from "../schema/engine.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, SortName, TableName } from "../schema/tables.ts";
import type { AnyAlias } from "../statements/alias.ts";
import { copyOutSql, fileRowsSql } from "../statements/copy-out-sql.ts";
import { exactReads } from "../statements/exact-forms.ts";
import { selectColumns } from "../statements/relation-plan.ts";
import { rowsSql, SELECT_OPTIONS, type SelectOptions } from "../statements/rows-where-sql.ts";
import type { RowStatement } from "../statements/statement.ts";
import { copyFile } from "./copy-file.ts";
import type { FileFormat } from "./file-format.ts";
import { type FileProgress, REPORT_ROWS } from "./file-progress.ts";
import { type RowWriter, rowWriter, writerColumns } from "./row-writer.ts";

/** Options of `exportRows`. */
export interface ExportRowsOptions<
  Row,
  Item extends string | AnyAlias,
  Sort extends string = keyof Row & string,
> extends SelectOptions<Row, Item, Sort>,
    RunOptions {
  /** The format of the file. */
  readonly format: FileFormat;
  /** `false` omits the line of column names in CSV and TSV. */
  readonly header?: boolean;
  /** Called after every 1,000 rows and at the end. */
  readonly onProgress?: (progress: FileProgress) => void;
}

const EXPORT_OPTIONS: OptionNames<ExportRowsOptions<object, string>> = {
  format: true,
  header: true,
  onProgress: true,
  ...SELECT_OPTIONS,
};

/**
 * The rows of a table or view as a file, with at most a few thousand rows in memory: a stream for `new Response(...)`,
 * `Bun.write(path, new Response(...))`, or `for await`. The reader applies back-pressure to the server; canceling the stream
 * ends the query. Values keep every digit, and `importRows` restores them, except that JSON's null in a jsonb column becomes
 * NULL in JSON and NDJSON. The server writes CSV and TSV (manual, COPY). Other formats, and all formats inside a transaction,
 * are read through a cursor.
 * @param sql a Bun SQL handle; the stream holds a connection until it ends
 * @param schema a snapshot; a scope restricts the rows
 * @param table the name of a table or view
 * @param options the format; rows and columns as for `rowsWhere`; `onProgress`, a signal
 * @returns a stream of UTF-8; the query starts with the first read
 * @throws as `rowsWhere` if an option is invalid; QueryError or the reason of `signal` while the stream is read
 * @example `await new Response(exportRows(sql, schema, "genre", { format: "csv", where: { genre_id: 1 } })).text()` → `"genre_id,name\n1,Drone\n"`
 */
export function exportRows<
  Tables,
  Name extends TableName<Tables>,
  const Column extends ColumnName<Tables, Name> = ColumnName<Tables, Name>,
>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  options: ExportRowsOptions<FilterOf<Tables, Name>, Column | AnyAlias, SortName<Tables, Name>>,
): ReadableStream<Uint8Array> {
  requireSnapshot(schema);
  requireOptions("exportRows", options ?? null, EXPORT_OPTIONS);
  const { format, header = true, select } = options;
  const stop = new AbortController();
  const read = isTransaction(sql) ? options : stoppable(sql, options, stop.signal);
  const exact = exactReads(schema as AnySchema);
  const { key } = relationOf(exact, table);
  // A COPY blocks its connection, on which the caller's transaction may send other statements at the same time.
  const delimiter = isTransaction(sql) || !abilitiesOf(exact).copy ? undefined : delimiterOf(format);
  if (delimiter !== undefined) {
    const copy = copyOutSql(fileRowsSql(exact, key, options), delimiter, header);
    return byteStream(withCreator(copyFile(sql, copy, header, read)), stop);
  }
  const writer = rowWriter(format, writerColumns(exact, key, select), header);
  const batches = cursorBatches(sql, exportSql(exact, key, options), { atMost: REPORT_ROWS }, read);
  return byteStream(withCreator(writeFile(batches, writer, options)), stop);
}

// A canceled statement would make the transaction of the caller fail, so this is for other handles.
function stoppable<Options extends RunOptions>(sql: SqlHandle, options: Options, stop: AbortSignal): Options {
  // The signal of the options would replace that of the handle.
  const signal = limitsOf(sql, options)?.signal;
  return { ...options, signal: signal === undefined ? stop : AbortSignal.any([signal, stop]) };
}

function exportSql<Row>(
  exact: AnySchema,
  table: string,
  options: ExportRowsOptions<Row, string | AnyAlias, string>,
): RowStatement {
  const statement = rowsSql(exact, table, options, "rows", selectColumns);
  const computed = { ...exact, jsTypes: { ...exact.jsTypes, json: "parse" } } as AnySchema;
  // The driver has already parsed the json of a computed column.
  const output = statement.output.map(column => (column.computed ? { ...column, computed } : column));
  return { ...statement, output };
}

function delimiterOf(format: FileFormat): "," | "\t" | undefined {
  if (format === "csv") return ",";
  return format === "tsv" ? "\t" : undefined;
}

async function* writeFile(
  batches: AsyncIterable<{ readonly rows: Record<string, unknown>[] }>,
  { head, row, foot }: RowWriter,
  { onProgress }: Pick<ExportRowsOptions<object, string>, "onProgress">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const progress = { rows: 0, bytes: 0 };
  let text = head;
  const piece = (isReported: boolean): Uint8Array => {
    const bytes = encoder.encode(text);
    text = "";
    progress.bytes += bytes.length;
    if (isReported) onProgress?.({ ...progress });
    return bytes;
  };
  for await (const { rows } of batches) {
    for (const one of rows) {
      text += row(one, progress.rows++);
      const isReported = progress.rows % REPORT_ROWS === 0;
      if (isReported || text.length > PIECE_UNITS) yield piece(isReported);
    }
    if (text !== "") yield piece(false);
  }
  text += foot;
  const isEmpty = text === "";
  const rest = piece(true);
  if (!isEmpty) yield rest;
}

/** The UTF-16 code units that are encoded together, because the rows of a batch can be long. */
const PIECE_UNITS = 1_000_000;

function byteStream(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  stop: AbortController,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull: async controller => {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        // Otherwise the end of the generator would wait for the piece that the server is computing.
        stop.abort();
        await chunks.return().catch(() => {});
      },
    },
    // A stream that nobody reads must not hold a connection.
    { highWaterMark: 0 },
  );
}
