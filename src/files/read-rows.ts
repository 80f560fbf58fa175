import { ArgumentError, RowfnError } from "../errors.ts";
import { columnOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import type { Codec } from "../types/codec.ts";
import { codecOf } from "../types/resolve.ts";
import { FILE_FORMATS, type FileFormat } from "./format-name.ts";
import type { InputRow } from "./input-row.ts";
import { type LineNumbers, lineNumbers } from "./line-numbers.ts";
import { readDelimited } from "./read-delimited.ts";
import { readJson, readNdjson } from "./read-json.ts";
import { textValue } from "./text-value.ts";

/** The rows of a file as `insertMany` takes them, and where they stand in the file. */
export interface FileRows {
  readonly rows: AsyncIterable<Record<string, unknown>>;
  readonly lines: LineNumbers;
}

/** A name in the file → the column; `null` for one that is left out. */
export type ColumnNames = Readonly<Record<string, string | null>>;

/** Reads rows one by one, each text as its column's type says. */
export function readRows(
  schema: AnySchema,
  relation: Relation,
  format: FileFormat,
  chunks: AsyncIterable<string>,
  names: ColumnNames,
): FileRows {
  const lines = lineNumbers(format === "json" ? "row" : "line");
  return { rows: typedRows({ schema, relation, names, lines }, inputRows(format, chunks)), lines };
}

function inputRows(format: FileFormat, chunks: AsyncIterable<string>): AsyncIterable<InputRow> {
  switch (format) {
    case "csv":
      return readDelimited(chunks, ",");
    case "tsv":
      return readDelimited(chunks, "\t");
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

/** What becomes of a field of the file. */
interface Field {
  readonly name: string;
  readonly codec: Codec;
}

async function* typedRows(
  reading: Reading,
  input: AsyncIterable<InputRow>,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const fields = new Map<string, Field | null>();
  for await (const row of input) {
    reading.lines.add(row.line);
    const typed: Record<string, unknown> = {};
    for (const [header, value] of Object.entries(row.values)) {
      const known = fields.get(header);
      const field = known === undefined ? fieldOf(reading, header) : known;
      if (known === undefined) fields.set(header, field);
      if (field !== null) set(typed, field.name, fieldValue(reading, field, value, row.isText));
    }
    yield typed;
  }
}

// An assignment to `__proto__` would not make a property.
function set(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  else row[name] = value;
}

// What the database computes it computes again.
function fieldOf({ schema, relation, names, lines }: Reading, header: string): Field | null {
  const name = Object.hasOwn(names, header) ? names[header]! : header;
  if (name === null) return null;
  const column = located(lines, () => columnOf(schema, relation.key, name));
  return column.generated === null ? { name, codec: codecOf(schema, relation, column) } : null;
}

function fieldValue(
  { relation, lines }: Reading,
  { name, codec }: Field,
  value: unknown,
  isText: boolean,
): unknown {
  if (typeof value !== "string" || (!isText && isJson(codec))) return value;
  return located(lines, () => textValue(`${relation.key}.${name}`, codec, value));
}

function isJson({ shape }: Codec): boolean {
  return shape.kind === "scalar" && shape.family === "json";
}

function located<Result>(lines: LineNumbers, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw new RowfnError(`${lines.last()}: ${error.message}`, { cause: error });
  }
}
