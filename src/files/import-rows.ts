import type { SqlHandle } from "../driver/handle.ts";
import { insertMany } from "../rows/insert-many.ts";
import { upsertMany } from "../rows/upsert-many.ts";
import { relationOf } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import type { UpsertOptions } from "../statements/upsert-sql.ts";
import { exactForms } from "./exact-forms.ts";
import type { FileFormat } from "./format-name.ts";
import { importError } from "./import-error.ts";
import type { ColumnNames } from "./read-rows.ts";
import { type FileProgress, REPORT } from "./row-progress.ts";
import { type FileSource, textChunks } from "./text-chunks.ts";

/** Options of `importRows`. */
export interface ImportOptions<Column extends string = string> {
  readonly format: FileFormat;
  /** A name in the file → the column that it means, or `null` for one to leave out. */
  readonly columns?: Readonly<Record<string, Column | null>>;
  /** Rows that are there are changed: `true`, or as for `upsertMany`. */
  readonly upsert?: boolean | Pick<UpsertOptions<Column, Column>, "key" | "update">;
  /** Told after each 1,000 rows, and at the end. */
  readonly onProgress?: (progress: FileProgress) => void;
  readonly signal?: AbortSignal;
}

type UpsertChoice = Pick<UpsertOptions, "key" | "update">;

/**
 * Writes the rows of a file, all of them or none, in memory for some thousands of them: validated, then by COPY where
 * the table takes it. The first line of CSV and TSV names the columns; a field without quotes that is empty is NULL.
 * Texts are read as the columns' types say. Generated columns are left out: the database computes them again.
 * @param sql a Bun SQL handle; in a transaction of yours it is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's name
 * @param source a text, `Bun.file(path)`, a `Request`'s body, a `Response`, a stream, or any pieces of text or bytes
 * @param options the format; other names for columns, `upsert`, progress, a signal
 * @returns the number of rows written
 * @throws ImportError, which names lines of the file, with a ValidationError or ConstraintError as its cause; what
 * `signal` was aborted with; QueryError. Nothing is kept then
 * @example `await importRows(sql, schema, "genre", "genre_id,name\n97,Zydeco\n", { format: "csv" })` → `1`
 */
export async function importRows<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  source: FileSource,
  options: ImportOptions<ColumnName<Tables, Name>>,
): Promise<number> {
  const { format, upsert, columns = {}, signal } = options;
  // Schemas of the caller's expect the caller's forms.
  const isRefined = schema[REFINEMENTS] !== undefined;
  const exact = (isRefined ? schema : exactForms(schema as AnySchema)) as SchemaSnapshot;
  const relation = relationOf(exact, table);
  const progress = { rows: 0, bytes: 0 };
  const chunks = textChunks(source, signal, bytes => {
    progress.bytes += bytes;
  });
  const { readRows } = await import("./read-rows.ts");
  const { batches, lines } = readRows(exact, relation, format, chunks, columns as ColumnNames);
  const watched = watchedRows(batches, progress, options);
  try {
    const written = upsert
      ? await upsertMany(sql, exact, relation.key, watched, upsert === true ? {} : (upsert as UpsertChoice))
      : await insertMany(sql, exact, relation.key, watched);
    options.onProgress?.({ ...progress });
    return written;
  } catch (error) {
    throw importError(relation.key, lines, error);
  }
}

async function* watchedRows<Row>(
  batches: AsyncIterable<readonly Row[]>,
  progress: { rows: number; bytes: number },
  { signal, onProgress }: Pick<ImportOptions, "signal" | "onProgress">,
): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) {
    for (const row of rows) {
      signal?.throwIfAborted();
      if (++progress.rows % REPORT === 0) onProgress?.({ ...progress });
      yield row;
    }
  }
}
