import type { SqlHandle } from "../driver/handle.ts";
import { insertMany } from "../rows/insert-many.ts";
import { continueSequences, writableSchema } from "../rows/overriding.ts";
import type { OnStatement } from "../rows/run.ts";
import { upsertMany } from "../rows/upsert-many.ts";
import { abilitiesOf } from "../schema/engine.ts";
import { relationOf } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import { exactForms } from "../statements/exact-forms.ts";
import { copyUnchanged } from "./copy-unchanged.ts";
import type { FileFormat } from "./file-format.ts";
import { type FileProgress, REPORT_ROWS } from "./file-progress.ts";
import { type FileSource, sourceText } from "./file-source.ts";
import { importError, tableError } from "./import-error.ts";
import type { ColumnNames, InputTable } from "./input-columns.ts";
import { readRows } from "./read-rows.ts";
import { canReadAgain } from "./rereadable-source.ts";

/** The options of an import into an existing table. */
interface ImportOptions {
  readonly format: FileFormat;
  readonly columns?: ColumnNames;
  readonly upsert?: boolean | { readonly key?: readonly string[] };
  readonly onProgress?: (progress: FileProgress) => void;
  readonly onStatement?: OnStatement;
  readonly overriding?: boolean;
}

/** Writes the rows of a file to an existing table, and returns their number. */
export async function importInto(
  sql: SqlHandle,
  schema: AnySchema,
  name: string,
  source: FileSource,
  options: ImportOptions,
  signal: AbortSignal | undefined,
): Promise<number> {
  const forms = importForms(schema);
  const exact = writableSchema({ schema: forms, table: name, options });
  const table = { schema: exact, relation: relationOf(exact, name), names: options.columns ?? {} };
  const file = { source, signal, options: { ...options, onProgress: risingReports(options.onProgress) } };
  const context = { sql, schema: exact, table: table.relation.key, options };
  return await continueSequences(
    context,
    async inner => (await copyFile(inner.sql, table, file)) ?? (await insertFile(inner.sql, table, file)),
  );
}

type OnProgress = (progress: FileProgress) => void;

interface ImportFile {
  readonly source: FileSource;
  readonly signal: AbortSignal | undefined;
  readonly options: ImportOptions & { readonly onProgress: OnProgress };
}

// A file may be read twice; what has been reported is not reported again.
function risingReports(onProgress: OnProgress = () => {}): OnProgress {
  let reported = -1;
  return progress => {
    if (progress.rows <= reported) return;
    reported = progress.rows;
    onProgress(progress);
  };
}

/** Sends the file unchanged, if PostgreSQL then stores the same values; undefined if nothing was written. */
async function copyFile(
  sql: SqlHandle,
  table: InputTable,
  { source, signal, options }: ImportFile,
): Promise<number | undefined> {
  const { format, upsert, onStatement } = options;
  const delimiter = format === "csv" ? "," : format === "tsv" ? "\t" : undefined;
  if (delimiter === undefined || upsert || table.schema[REFINEMENTS]) return undefined;
  if (!abilitiesOf(table.schema).copy) return undefined;
  if (!isLong(source) || !(await canReadAgain(source))) return undefined;
  const { chunks, onRow, end } = readingOf(source, signal, options.onProgress);
  try {
    return await copyUnchanged(sql, table, { chunks, delimiter, onRow, onEnd: end, onStatement });
  } catch (error) {
    throw tableError(table.relation.key, error);
  }
}

// A short file is written by one INSERT.
function isLong(source: FileSource): boolean {
  if (typeof source === "string" || source instanceof Uint8Array) return source.length > SHORT;
  return source instanceof Blob && source.size > SHORT;
}

const SHORT = 8_000;

/** Writes the file row by row. */
async function insertFile(
  sql: SqlHandle,
  table: InputTable,
  { source, signal, options }: ImportFile,
): Promise<number> {
  const { chunks, onRow, end } = readingOf(source, signal, options.onProgress);
  const { batches, lines } = readRows(table, options.format, chunks);
  const { key } = table.relation;
  try {
    const rows = countRows(batches, { onRow, end }, signal);
    return await writeRows(sql, table.schema, key, rows, options);
  } catch (error) {
    throw importError(key, lines, error);
  }
}

interface Reading {
  readonly chunks: AsyncIterable<string>;
  readonly onRow: () => void;
  readonly end: () => void;
}

function readingOf(source: FileSource, signal: AbortSignal | undefined, onProgress: OnProgress): Reading {
  const progress = { rows: 0, bytes: 0 };
  const chunks = sourceText(source, signal, bytes => {
    progress.bytes += bytes;
  });
  const end = (): void => onProgress({ ...progress });
  const onRow = (): void => {
    if (++progress.rows % REPORT_ROWS === 0) end();
  };
  return { chunks, onRow, end };
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
  { upsert, onStatement }: ImportOptions,
): Promise<number> {
  const wide = schema as SchemaSnapshot;
  const options = onStatement && { onStatement };
  return upsert
    ? upsertMany(sql, wide, table, rows, { ...(upsert === true ? {} : upsert), ...options })
    : insertMany(sql, wide, table, rows, { ...options });
}

// The end is reported before the rows are committed, because an error of `onProgress` rejects the import.
async function* countRows<Row>(
  batches: AsyncIterable<readonly Row[]>,
  { onRow, end }: Pick<Reading, "onRow" | "end">,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) {
    for (const row of rows) {
      signal?.throwIfAborted();
      onRow();
      yield row;
    }
  }
  end();
}
