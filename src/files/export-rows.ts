import { isTransaction, type SqlHandle } from "../driver/handle.ts";
import { cursorBatches } from "../rows/cursor-rows.ts";
import type { RunOptions } from "../rows/run.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, FilterOf, TableName } from "../schema/tables.ts";
import { copyOutSql, fileRowsSql } from "../statements/copy-out-sql.ts";
import { rowsWhereSql, type SelectOptions } from "../statements/rows-where-sql.ts";
import { copiedFile } from "./copied-file.ts";
import { exactForms } from "./exact-forms.ts";
import type { FileFormat } from "./format-name.ts";
import { type FileProgress, REPORT } from "./row-progress.ts";
import { type RowWriter, rowWriter } from "./row-writer.ts";
import { writtenColumns } from "./written-column.ts";

/** Options of `exportRows`. */
export interface ExportOptions<Row, Column extends string> extends SelectOptions<Row, Column>, RunOptions {
  readonly format: FileFormat;
  /** `false` leaves out the line of names in CSV and TSV. */
  readonly header?: boolean;
  /** Told after each 1,000 rows, and at the end. */
  readonly onProgress?: (progress: FileProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * The rows of a table or view as a file, in memory for some thousands of them: a stream for `new Response(...)`,
 * `Bun.write(path, new Response(...))`, or `for await`. Who reads slowly slows down the database; who stops reading ends the
 * query. Every value is as exact as PostgreSQL's own text, and `importRows` reads it again; only JSON's null in a jsonb
 * column is NULL in JSON and NDJSON. CSV and TSV are written by the server (manual, COPY), other formats, and all in a
 * transaction of the caller's, read through a cursor.
 * @param sql a Bun SQL handle; a connection is taken until the stream ends
 * @param schema a snapshot; a scoped one restricts the rows
 * @param table the table's or view's name
 * @param options the format; which rows and columns as for `rowsWhere`; progress, a signal
 * @returns a stream of UTF-8; nothing is sent before it is read
 * @throws mistakes at once, as `rowsWhere`; while it is read QueryError, or what `signal` was aborted with
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
  options: ExportOptions<FilterOf<Tables, Name>, Column>,
): ReadableStream<Uint8Array> {
  const { format, header = true, select } = options;
  const exact = exactForms(schema as AnySchema);
  const { key } = relationOf(exact, table);
  // A COPY keeps its connection to itself; in a transaction of the caller's others send statements meanwhile.
  const delimiter = isTransaction(sql) ? undefined : delimiterOf(format);
  if (delimiter !== undefined)
    return byteStream(
      copiedFile(sql, copyOutSql(fileRowsSql(exact, key, options), delimiter, header), header, options),
    );
  const writer = rowWriter(format, writtenColumns(exact, key, select), header);
  const statement = rowsWhereSql(exact, key, options);
  return byteStream(fileTexts(cursorBatches(sql, statement, REPORT, options), writer, options));
}

function delimiterOf(format: FileFormat): "," | "\t" | undefined {
  if (format === "csv") return ",";
  return format === "tsv" ? "\t" : undefined;
}

async function* fileTexts(
  batches: AsyncIterable<Record<string, unknown>[]>,
  { head, row, foot }: RowWriter,
  { onProgress, signal }: Pick<ExportOptions<object, string>, "onProgress" | "signal">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const progress = { rows: 0, bytes: 0 };
  let text = head;
  for await (const rows of batches) {
    signal?.throwIfAborted();
    for (const one of rows) text += row(one, progress.rows++);
    const bytes = encoder.encode(text);
    text = "";
    progress.bytes += bytes.length;
    if (progress.rows % REPORT === 0) onProgress?.({ ...progress });
    yield bytes;
  }
  const rest = encoder.encode(text + foot);
  progress.bytes += rest.length;
  onProgress?.({ ...progress });
  if (rest.length > 0) yield rest;
}

function byteStream(pieces: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async controller => {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await pieces.return()),
  });
}
