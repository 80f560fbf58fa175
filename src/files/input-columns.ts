import { ArgumentError, RowfnError } from "../errors.ts";
import { requireObject } from "../schema/arguments.ts";
import { nearest } from "../schema/nearest.ts";
import { newColumnIdentifier } from "../schema/new-identifier.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import { hasIdentityValues } from "../statements/plan-mark.ts";
import type { Codec } from "../types/codec.ts";
import { describeValue } from "../types/problem.ts";
import { codecOf } from "../types/resolve.ts";
import { textCodec } from "../types/text.ts";

/** A name in the file → the column; `null` for a name that is ignored. */
export type ColumnNames = Readonly<Record<string, string | null>>;

/** The table of an import and the names of its columns in the file. */
export interface InputTable {
  readonly schema: AnySchema;
  readonly relation: Relation;
  readonly names: ColumnNames;
  /** Whether JSON has the values of rows, as in the body of a request, in which the text of a document can be its form. */
  readonly isBody?: true;
  /** The columns that a file may name, all by default; values of other names remain as they are, for the caller to reject. */
  readonly write?: ReadonlySet<string>;
  /** Called with the names of the header. */
  readonly onHeader?: (names: readonly string[]) => void;
}

/** A column of the file. */
export interface InputColumn {
  readonly name: string;
  /** `table.column`, for messages. */
  readonly label: string;
  readonly codec: Codec;
}

/** Throws ArgumentError unless each name of the file has a column or null. */
export function requireNames(names: unknown): void {
  if (names === undefined) return;
  requireObject("columns", names);
  const wrong = Object.entries(names as object).find(
    ([, column]) => typeof column !== "string" && column !== null,
  );
  if (wrong !== undefined)
    throw new ArgumentError(
      `columns: ${JSON.stringify(wrong[0])} must be the name of a column, or null, received ${describeValue(wrong[1])}`,
    );
}

/** Throws RowfnError unless each name of the header has its own column, and the header has each name of `columns`. */
export function validateHeader(table: InputTable, header: readonly string[]): void {
  table.onHeader?.(header);
  requireSeparator(header, only => findColumn(table, only) !== undefined);
  requireFieldNames(table.names, header);
  for (const [name, column] of headerNames(table.names, header))
    if (isWritable(table, column)) insertableColumn(table, name, column, "line 1");
}

function isWritable({ write }: InputTable, name: string): boolean {
  return write === undefined || write.has(name);
}

function requireSeparator(header: readonly string[], isColumn: (name: string) => boolean): void {
  const [only = ""] = header;
  const separator = /[;\t|]/.exec(only)?.[0];
  if (header.length === 1 && separator !== undefined && !isColumn(only))
    throw new RowfnError(
      `line 1: the column names are separated by ${JSON.stringify(separator)}; use commas with format csv, or tabs with format tsv`,
    );
}

// Spreadsheets end each line of a file with empty fields if a cell beside the table once had a value.
function requireFieldNames(names: ColumnNames, header: readonly string[]): void {
  const at = header.findIndex(name => columnName(names, name) === "");
  if (at !== -1)
    throw new RowfnError(
      `line 1: field ${at + 1} has no name; name it with columns: { "": "name" }, or skip it with columns: { "": null }`,
    );
}

/** Throws RowfnError unless each name of the header can be the name of its own new column. */
export function requireNewNames(
  names: ColumnNames,
  header: readonly string[],
  isKnown: (column: string) => boolean,
): void {
  requireSeparator(header, only => Object.hasOwn(names, only) || isKnown(only));
  requireFieldNames(names, header);
  for (const [name, column] of headerNames(names, header)) requireNewName("line 1", name, column);
}

/** Throws RowfnError unless a name of the file can be the name of a new column. */
export function requireNewName(line: string, name: string, column: string): void {
  try {
    newColumnIdentifier(column);
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    const reason = error.message.replace(/; choose a different name$/, "");
    throw new RowfnError(
      `${line}: ${reason}; choose a different name with columns: { ${JSON.stringify(name)}: "name" }`,
      { cause: error },
    );
  }
}

function findColumn({ relation, names }: InputTable, header: string): Column | undefined {
  return relation.columns.find(({ name }) => name === columnName(names, header));
}

/** A name of the header → its column, without ignored ones; throws RowfnError as `validateHeader`. */
function headerNames(names: ColumnNames, header: readonly string[]): ReadonlyMap<string, string> {
  const missing = Object.keys(names).find(name => !header.includes(name));
  if (missing !== undefined)
    throw new RowfnError(`line 1: columns names ${JSON.stringify(missing)}, which the header does not have`);
  const seen = new Map<string, string>();
  for (const name of header) {
    const column = columnName(names, name);
    if (column === null) continue;
    requireUnused(seen.get(column), name, column);
    seen.set(column, name);
  }
  return new Map([...seen].map(([column, name]) => [name, column]));
}

function requireUnused(other: string | undefined, name: string, column: string): void {
  if (other === name) throw new RowfnError(`line 1: column ${JSON.stringify(name)} appears twice`);
  if (other !== undefined)
    throw new RowfnError(
      `line 1: ${JSON.stringify(other)} and ${JSON.stringify(name)} are both column ${column}`,
    );
}

const UNKNOWN = textCodec("text");

/** The column of a name in the file; null if it is ignored, as generated columns are. */
export function inputColumn(table: InputTable, header: string, line: string): InputColumn | null {
  const { schema, relation, names } = table;
  const name = columnName(names, header);
  if (name === null) return null;
  if (!isWritable(table, name)) return { name, label: name, codec: UNKNOWN };
  const column = insertableColumn(table, header, name, line);
  if (column.generated !== null) return null;
  return { name, label: `${relation.key}.${name}`, codec: codecOf(schema, relation, column) };
}

/** The column of a name in the file, or null if it is ignored. */
export function columnName(names: ColumnNames, header: string): string | null {
  return Object.hasOwn(names, header) ? names[header]! : header;
}

// PostgreSQL rejects every value of a GENERATED ALWAYS identity column without OVERRIDING SYSTEM VALUE.
function insertableColumn(
  { schema, relation }: InputTable,
  header: string,
  name: string,
  line: string,
): Column {
  const column = fileColumn(schema, relation, header, name, line);
  if (column.identity !== "always" || hasIdentityValues(relation)) return column;
  throw new RowfnError(
    `${line}: ${name} is a GENERATED ALWAYS identity column; leave it out with columns: { ${JSON.stringify(header)}: null }, or restore it with overriding: true`,
  );
}

function fileColumn(
  schema: AnySchema,
  { key, columns }: Relation,
  header: string,
  name: string,
  line: string,
): Column {
  try {
    return columnOf(schema, key, name);
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    // A name near one of the columns is a typo.
    const isTypo =
      nearest(
        name,
        columns.map(column => column.name),
      ) !== "";
    const advice = `; add it with alter: true, or skip it with columns: { ${JSON.stringify(header)}: null }`;
    throw new RowfnError(`${line}: ${error.message}${isTypo ? "" : advice}`, { cause: error });
  }
}

/** Runs a function; its RowfnError gets the line in front. */
export function atLine<Result>(line: () => string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw new RowfnError(`${line()}: ${error.message}`, { cause: error });
  }
}
