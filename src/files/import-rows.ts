import type { Limits, SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { insertMany } from "../rows/insert-many.ts";
import { upsertMany } from "../rows/upsert-many.ts";
import { LIMIT_OPTIONS, type OptionNames, requireOptions, requireSnapshot } from "../schema/arguments.ts";
import { relationOf } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { exactForms } from "../statements/exact-forms.ts";
import type { UpsertOptions } from "../statements/upsert-sql.ts";
import type { FileFormat } from "./file-format.ts";
import { type FileProgress, REPORT_ROWS } from "./file-progress.ts";
import { type FileSource, sourceText } from "./file-source.ts";
import { importError } from "./import-error.ts";
import type { ColumnNames } from "./input-columns.ts";
import { readRows } from "./read-rows.ts";

/** Options of `importRows`. */
export interface ImportRowsOptions<Column extends string = string> extends Limits {
  readonly format: FileFormat;
  /** A name in the file → its column, or `null` to ignore it. */
  readonly columns?: Readonly<Record<string, Column | null>>;
  /** Update existing rows: `true`, or options as for `upsertMany`. */
  readonly upsert?: boolean | Pick<UpsertOptions<Column, Column>, "key" | "update">;
  /** Called after every 1,000 rows and at the end. */
  readonly onProgress?: (progress: FileProgress) => void;
}

const UPSERT_NAMES = { key: true, update: true } as const;
const IMPORT_OPTIONS: OptionNames<ImportRowsOptions> = {
  ...{ format: true, columns: true, upsert: true, onProgress: true },
  ...LIMIT_OPTIONS,
};

/**
 * Writes the rows of a file, all or none, with at most a few thousand rows in memory. Rows are validated, then written by
 * COPY if the table allows it. The first line of CSV and TSV has the column names; an empty field without quotes is NULL.
 * Texts are parsed by the types of their columns. Generated columns are ignored, because PostgreSQL computes them.
 * @param sql a Bun SQL handle; inside a transaction the import is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's name
 * @param source a string, `Bun.file(path)`, the body of a `Request`, a `Response`, a stream, or chunks of text or bytes
 * @param options the format; other names for columns, `upsert`, `onProgress`, a signal
 * @returns the number of rows written
 * @throws ImportError, which names lines of the file, with a ValidationError or ConstraintError as its cause; the reason
 * of `signal`; QueryError. Nothing is written then
 * @example `await importRows(sql, schema, "genre", "genre_id,name\n97,Zydeco\n", { format: "csv" })` → `1`
 */
export async function importRows<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  source: FileSource,
  options: ImportRowsOptions<ColumnName<Tables, Name>>,
): Promise<number> {
  requireSnapshot(schema);
  requireOptions("importRows", options ?? null, IMPORT_OPTIONS);
  const { format, columns = {}, upsert = false } = options;
  if (typeof upsert !== "boolean") requireOptions("upsert", upsert, UPSERT_NAMES);
  const exact = importForms(schema as AnySchema);
  const relation = relationOf(exact, table);
  const names = columns as ColumnNames;
  return await limited(sql, options, async (handle, signal) => {
    const progress = { rows: 0, bytes: 0 };
    const chunks = sourceText(source, signal, bytes => {
      progress.bytes += bytes;
    });
    const { batches, lines } = readRows({ schema: exact, relation, names }, format, chunks);
    const rows = countRows(batches, progress, options.onProgress, signal);
    try {
      const written = await writeRows(handle, exact, relation.key, rows, options);
      options.onProgress?.({ ...progress });
      return written;
    } catch (error) {
      throw importError(relation.key, lines, error);
    }
  });
}

// The valibot schemas of `refine` expect the JavaScript forms of the caller's snapshot.
function importForms(schema: AnySchema): AnySchema {
  return schema[REFINEMENTS] === undefined ? exactForms(schema) : schema;
}

function writeRows(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  rows: AsyncIterable<Record<string, unknown>>,
  { upsert }: Pick<ImportRowsOptions, "upsert">,
): Promise<number> {
  const wide = schema as SchemaSnapshot;
  return upsert
    ? upsertMany(sql, wide, table, rows, upsert === true ? {} : upsert)
    : insertMany(sql, wide, table, rows);
}

async function* countRows<Row>(
  batches: AsyncIterable<readonly Row[]>,
  progress: { rows: number; bytes: number },
  onProgress: ImportRowsOptions["onProgress"],
  signal: AbortSignal | undefined,
): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) {
    for (const row of rows) {
      signal?.throwIfAborted();
      if (++progress.rows % REPORT_ROWS === 0) onProgress?.({ ...progress });
      yield row;
    }
  }
}
