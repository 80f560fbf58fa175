import type { SqlHandle } from "../driver/handle.ts";
import { insertMany } from "../rows/insert-many.ts";
import type { OnStatement } from "../rows/run.ts";
import { upsertMany } from "../rows/upsert-many.ts";
import { relationOf } from "../schema/relation-of.ts";
import { type AnySchema, REFINEMENTS, type SchemaSnapshot } from "../schema/snapshot.ts";
import { exactForms } from "../statements/exact-forms.ts";
import type { FileFormat } from "./file-format.ts";
import { type FileProgress, REPORT_ROWS } from "./file-progress.ts";
import { type FileSource, sourceText } from "./file-source.ts";
import { importError } from "./import-error.ts";
import type { ColumnNames } from "./input-columns.ts";
import { readRows } from "./read-rows.ts";

/** The options of an import into an existing table. */
interface ImportOptions {
  readonly format: FileFormat;
  readonly columns?: ColumnNames;
  readonly upsert?: boolean | { readonly key?: readonly string[] };
  readonly onProgress?: (progress: FileProgress) => void;
  readonly onStatement?: OnStatement;
}

/** Writes the rows of a file to an existing table, and returns their number. */
export async function importInto(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  source: FileSource,
  options: ImportOptions,
  signal: AbortSignal | undefined,
): Promise<number> {
  const exact = importForms(schema);
  const relation = relationOf(exact, table);
  const progress = { rows: 0, bytes: 0 };
  const chunks = sourceText(source, signal, bytes => {
    progress.bytes += bytes;
  });
  const input = { schema: exact, relation, names: options.columns ?? {} };
  const { batches, lines } = readRows(input, options.format, chunks);
  const rows = countRows(batches, progress, options.onProgress, signal);
  try {
    const written = await writeRows(sql, exact, relation.key, rows, options);
    options.onProgress?.({ ...progress });
    return written;
  } catch (error) {
    throw importError(relation.key, lines, error);
  }
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

async function* countRows<Row>(
  batches: AsyncIterable<readonly Row[]>,
  progress: { rows: number; bytes: number },
  onProgress: ImportOptions["onProgress"],
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
