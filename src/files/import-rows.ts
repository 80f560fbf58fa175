import { inOneTransaction, sendStatements } from "../ddl/change-schema.ts";
import { newName } from "../ddl/define/new-name.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import type { RunOptions } from "../rows/run.ts";
import { schemaAfter } from "../rows/schema-after.ts";
import {
  type OptionNames,
  requireOptions,
  requireSnapshot,
  requireUnscoped,
  SEND_OPTIONS,
} from "../schema/arguments.ts";
import type { ChangedTable } from "../schema/changed-table.ts";
import { columnOf, findRelation, relationNamed } from "../schema/relation-of.ts";
import type { AnySchema, SchemaSnapshot } from "../schema/snapshot.ts";
import type { ColumnName, TableName } from "../schema/tables.ts";
import { advanceSequencesSql } from "../statements/advance-sequences-sql.ts";
import type { UpsertOptions } from "../statements/upsert-sql.ts";
import type { FileFormat } from "./file-format.ts";
import type { FileProgress } from "./file-progress.ts";
import type { FileSource } from "./file-source.ts";
import { type FileTableOptions, fileTableSql, requireCreate } from "./file-table.ts";
import { tableError } from "./import-error.ts";
import { importInto } from "./import-into.ts";
import { requireNames } from "./input-columns.ts";
import { rereadableSource } from "./rereadable-source.ts";

/** Options of `importRows`. */
export interface ImportRowsOptions<Column extends string = string> extends RunOptions {
  /** The format of the file. */
  readonly format: FileFormat;
  /** A name in the file → its column, or `null` to ignore it. */
  readonly columns?: Readonly<Record<string, Column | null>>;
  /** Update existing rows: `true`, or options as for `upsertMany`. */
  readonly upsert?: boolean | Pick<UpsertOptions<Column, Column>, "key" | "update">;
  /** Create the table if it does not exist: `true`, or its key, defaults and other options as for `createTable`. */
  readonly create?: boolean | FileTableOptions;
  /** Add the columns that the file has and the table does not. */
  readonly alter?: boolean;
  /** Accept values of GENERATED ALWAYS identity columns; sequences of the table then continue beyond the stored values. */
  readonly overriding?: boolean;
  /** Called after every 1,000 rows and at the end. */
  readonly onProgress?: (progress: FileProgress) => void;
}

/** Options of `importRows` for a table or columns that do not exist yet. */
export type ChangingImportOptions = ImportRowsOptions &
  ({ readonly create: true | FileTableOptions } | { readonly alter: true });

/** The number of rows of an import with `create` or `alter`, and the snapshot after it. */
export interface ImportResult<Tables, Name extends string> {
  readonly rows: number;
  readonly schema: SchemaSnapshot<ChangedTable<Tables, Name>>;
}

const UPSERT_NAMES = { key: true, update: true } as const;
const IMPORT_OPTIONS: OptionNames<ImportRowsOptions> = {
  format: true,
  columns: true,
  upsert: true,
  create: true,
  alter: true,
  overriding: true,
  onProgress: true,
  ...SEND_OPTIONS,
};

/**
 * Writes the rows of a file, all or none, with at most a few thousand rows in memory. Rows are validated, then written by
 * COPY if the table allows it. CSV or TSV whose fields all have the usual form of their types is sent as it is. The first
 * line of CSV and TSV has the column names; an empty field without quotes is NULL.
 * Texts are parsed by the types of their columns. Generated columns are ignored, because PostgreSQL computes them.
 * @param sql a Bun SQL handle; inside a transaction the import is a savepoint
 * @param schema a snapshot; a scope stamps every row
 * @param table the table's name
 * @param source a string, `Bun.file(path)`, the body of a `Request`, a `Response`, a stream, or chunks of text or bytes
 * @param options the format; other names for columns, `upsert`, `onProgress`, a signal; `create` creates the table if it does
 * not exist, `alter: true` adds the columns that the file has and the table does not, in one transaction with the rows;
 * `overriding: true` restores GENERATED ALWAYS identity columns, and sequences continue beyond the stored values
 * @returns the number of rows written; with `create` or `alter: true` `{ rows, schema }` with the new snapshot
 * @throws ImportError, which names lines of the file, with a ValidationError or ConstraintError as its cause; the reason
 * of `signal`; QueryError; with `create` or `alter` also ScopeError for a scoped snapshot, and the errors of `createTable`.
 * Nothing is written then
 * @example `await importRows(sql, schema, "genre", "genre_id,name\n97,Zydeco\n", { format: "csv" })` → `1`
 */
export async function importRows<Tables, const Name extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  source: FileSource,
  options: ChangingImportOptions,
): Promise<ImportResult<Tables, Name>>;
export async function importRows<Tables, Name extends TableName<Tables>>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  source: FileSource,
  options: ImportRowsOptions<ColumnName<Tables, Name>>,
): Promise<number>;
export async function importRows(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  source: FileSource,
  options: ImportRowsOptions,
): Promise<unknown> {
  requireImport(schema, options);
  const changes = Boolean(options.create) || options.alter === true;
  if (!changes) requireTargets(schema, table, options);
  const run = changes ? importChanging : importInto;
  return await limited<unknown>(sql, options, (handle, signal) =>
    run(handle, schema, table, source, options, signal),
  );
}

function requireImport(schema: AnySchema, options: ImportRowsOptions): void {
  requireSnapshot(schema);
  requireOptions("importRows", options ?? null, IMPORT_OPTIONS);
  const { columns, upsert = false, create, alter } = options;
  requireNames(columns);
  if (typeof upsert !== "boolean") requireOptions("upsert", upsert, UPSERT_NAMES);
  requireCreate(create);
  if (create || alter) requireUnscoped(schema);
}

// JSON may lack the name whose column does not exist.
function requireTargets(schema: AnySchema, table: string, { columns = {} }: ImportRowsOptions): void {
  for (const column of Object.values(columns)) if (column !== null) columnOf(schema, table, column);
}

// The file is read twice, because the last row can decide the type of a column.
async function importChanging(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  given: FileSource,
  options: ImportRowsOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly rows: number; readonly schema: AnySchema }> {
  await using copy = await rereadableSource(given, signal).catch(error => {
    throw tableError(table, error);
  });
  const { source } = copy;
  const statements = await fileTableSql(schema, table, source, options, signal);
  if (statements.length === 0)
    return { rows: await importInto(sql, schema, table, source, options, signal), schema };
  return await inOneTransaction(sql, undefined, async tx => {
    await sendStatements(tx, statements, options);
    const after: AnySchema = await schemaAfter(tx, schema);
    const created = findRelation(schema, table) === undefined && relationNamed(after, newName(schema, table));
    if (!created) return { rows: await importInto(tx, after, table, source, options, signal), schema: after };
    const rows = await importInto(tx, after, created.key, source, options, signal);
    await sendStatements(tx, advanceSequencesSql(after, created), options);
    return { rows, schema: after };
  });
}
