import { ArgumentError, RowfnError } from "../errors.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { AnySchema, Column, Relation } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { codecOf } from "../types/resolve.ts";
import { FILE_FORMATS, type FileFormat } from "./format-name.ts";
import type { InputRow, InputRows } from "./input-row.ts";
import { type LineNumbers, lineNumbers } from "./line-numbers.ts";
import { readDelimited } from "./read-delimited.ts";
import { readJson, readNdjson, withTexts } from "./read-json.ts";
import { textValue } from "./text-value.ts";

/** The rows of a file as `insertMany` takes them, some at a time, and where they stand in the file. */
export interface FileRows {
  readonly batches: AsyncIterable<readonly Record<string, unknown>[]>;
  readonly lines: LineNumbers;
}

/** A name in the file → the column; `null` for one that is left out. */
export type ColumnNames = Readonly<Record<string, string | null>>;

/** Reads rows, each text as its column's type says. */
export function readRows(
  schema: AnySchema,
  relation: Relation,
  format: FileFormat,
  chunks: AsyncIterable<string>,
  names: ColumnNames,
): FileRows {
  const lines = lineNumbers(format === "json" ? "row" : "line");
  const reading = { schema, relation, names, lines };
  const input = inputRows(format, chunks, header => checkHeader(reading, header));
  return { batches: typedRows(reading, input), lines };
}

function inputRows(
  format: FileFormat,
  chunks: AsyncIterable<string>,
  check: (header: readonly string[]) => void,
): InputRows {
  switch (format) {
    case "csv":
      return readDelimited(chunks, ",", check);
    case "tsv":
      return readDelimited(chunks, "\t", check);
    case "json":
      return readJson(chunks);
    case "ndjson":
      return readNdjson(chunks);
    default:
      throw new ArgumentError(
        `format is one of ${FILE_FORMATS.join(", ")}, received ${JSON.stringify(format)}`,
      );
  }
}

interface Reading {
  readonly schema: AnySchema;
  readonly relation: Relation;
  readonly names: ColumnNames;
  readonly lines: LineNumbers;
}

/** Makes sure that every name of a file's first line means a column of its own, and every name given is there. */
function checkHeader({ schema, relation, names }: Reading, header: readonly string[]): void {
  const line = (text: string): RowfnError => new RowfnError(`line 1: ${text}`);
  const missing = Object.keys(names).find(name => !header.includes(name));
  if (missing !== undefined) throw line(`there is no ${JSON.stringify(missing)}, which \`columns\` names`);
  const seen = new Map<string, string>();
  for (const name of header) {
    const column = columnName(names, name);
    if (column === null) continue;
    const other = seen.get(column);
    if (other === name) throw line(`the column ${JSON.stringify(name)} is there twice`);
    if (other !== undefined)
      throw line(`${JSON.stringify(other)} and ${JSON.stringify(name)} both mean ${column}`);
    seen.set(column, name);
    takenColumn(schema, relation, { column, header: name, line: "line 1" });
  }
}

/** What becomes of a field of the file. */
interface Field {
  readonly name: string;
  /** `table.column`, for messages. */
  readonly label: string;
  readonly codec: Codec;
}

async function* typedRows(
  reading: Reading,
  input: InputRows,
): AsyncGenerator<readonly Record<string, unknown>[], void, undefined> {
  const known = new Map<string, Field | null>();
  let names: readonly string[] = [];
  let fields: readonly (Field | null)[] = [];
  for await (const rows of input) {
    yield rows.map(row => {
      reading.lines.add(row.line);
      // The same in all rows of CSV.
      if (row.names !== names) {
        names = row.names;
        fields = fieldsOf(reading, names, known);
      }
      return typedRow(reading, fields, row);
    });
  }
}

function fieldsOf(
  reading: Reading,
  names: readonly string[],
  known: Map<string, Field | null>,
): readonly (Field | null)[] {
  const taken = new Set<string>();
  return names.map(name => {
    const before = known.get(name);
    const field = before === undefined ? fieldOf(reading, name) : before;
    known.set(name, field);
    if (field !== null && taken.has(field.name))
      throw new RowfnError(`${reading.lines.last()}: ${field.name} is there twice`);
    if (field !== null) taken.add(field.name);
    return field;
  });
}

function typedRow(
  reading: Reading,
  fields: readonly (Field | null)[],
  { values, isText }: InputRow,
): Record<string, unknown> {
  const typed: Record<string, unknown> = {};
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!;
    if (field !== null) set(typed, field.name, fieldValue(reading, field, values[at], isText));
  }
  return typed;
}

// An assignment to `__proto__` would not make a property.
function set(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  else row[name] = value;
}

// What the database computes it computes again.
function fieldOf({ schema, relation, names, lines }: Reading, header: string): Field | null {
  const name = columnName(names, header);
  if (name === null) return null;
  const column = takenColumn(schema, relation, { column: name, header, line: lines.last() });
  const label = `${relation.key}.${name}`;
  return column.generated === null ? { name, label, codec: codecOf(schema, relation, column) } : null;
}

function columnName(names: ColumnNames, header: string): string | null {
  return Object.hasOwn(names, header) ? names[header]! : header;
}

// A number that the database gives cannot be taken from a file, so that no row would be accepted.
function takenColumn(
  schema: AnySchema,
  relation: Relation,
  { column: name, header, line }: { readonly column: string; readonly header: string; readonly line: string },
): Column {
  const column = located(
    () => line,
    () => columnOf(schema, relation.key, name),
  );
  if (column.identity !== "always") return column;
  throw new RowfnError(
    `${line}: ${name} is numbered by the database (GENERATED ALWAYS): leave it out with columns: { ${JSON.stringify(header)}: null }`,
  );
}

function fieldValue({ lines }: Reading, { label, codec }: Field, value: unknown, isText: boolean): unknown {
  if (value === null) return null;
  const text = isText ? (value as string) : isJson(codec) ? JSON.stringify(value) : value;
  const plain = typeof text === "object" ? withTexts(text) : text;
  return typeof plain === "string" ? located(lines.last, () => textValue(label, codec, plain)) : plain;
}

function isJson({ shape }: Codec): boolean {
  return shape.kind === "scalar" && shape.family === "json";
}

function located<Result>(line: () => string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw new RowfnError(`${line()}: ${error.message}`, { cause: error });
  }
}
