import { RowfnError } from "../errors.ts";
import { addProperty } from "../rows/row-objects.ts";
import { FILE_FORMATS, type FileFormat, formatError } from "./file-format.ts";
import { atLine, type InputColumn, type InputTable, inputColumn, validateHeader } from "./input-columns.ts";
import { type InputRow, type InputRows, type LineNumbers, lineNumbers } from "./input-row.ts";
import { exactInteger, isJson, parseNested, parseValue } from "./parse-value.ts";
import { readDelimited } from "./read-delimited.ts";
import { isRawNumber, readJson, readNdjson } from "./read-json.ts";

/** The rows of a file in batches, as `insertMany` accepts them, and their places in the file. */
export interface FileRows {
  readonly batches: AsyncIterable<readonly Record<string, unknown>[]>;
  readonly lines: LineNumbers;
}

/** Reads the rows of a file; each text is parsed by the type of its column. */
export function readRows(table: InputTable, format: FileFormat, chunks: AsyncIterable<string>): FileRows {
  const lines = lineNumbers(format === "json" ? "row" : "line");
  const input = inputRows(format, chunks, header => validateHeader(table, header));
  return { batches: parseRows({ table, lines, columns: new Map() }, input), lines };
}

/** The rows of a file before their texts are parsed. */
export function inputRows(
  format: FileFormat,
  chunks: AsyncIterable<string>,
  onHeader: (header: readonly string[]) => void,
): InputRows {
  switch (format) {
    case "csv":
      return readDelimited(chunks, ",", onHeader);
    case "tsv":
      return readDelimited(chunks, "\t", onHeader);
    case "json":
      return readJson(chunks);
    case "ndjson":
      return readNdjson(chunks);
    default:
      throw formatError(FILE_FORMATS, format);
  }
}

interface Reading {
  readonly table: InputTable;
  readonly lines: LineNumbers;
  /** The columns found so far, by their names in the file. */
  readonly columns: Map<string, InputColumn | null>;
}

async function* parseRows(
  reading: Reading,
  input: InputRows,
): AsyncGenerator<readonly Record<string, unknown>[], void, undefined> {
  let names: readonly string[] = [];
  let columns: readonly (InputColumn | null)[] = [];
  for await (const rows of input) {
    yield rows.map(row => {
      reading.lines.add(row.line);
      if (row.names !== names) {
        names = row.names;
        columns = inputColumns(reading, names);
      }
      return parseRow(reading, columns, row);
    });
  }
}

function inputColumns(
  { table, lines, columns }: Reading,
  names: readonly string[],
): readonly (InputColumn | null)[] {
  const used = new Set<string>();
  return names.map(name => {
    const known = columns.get(name);
    const column = known === undefined ? inputColumn(table, name, lines.last()) : known;
    columns.set(name, column);
    if (column !== null && used.has(column.name))
      throw new RowfnError(`${lines.last()}: column ${column.name} appears twice`);
    if (column !== null) used.add(column.name);
    return column;
  });
}

function parseRow(
  reading: Reading,
  columns: readonly (InputColumn | null)[],
  { values, isText }: InputRow,
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at]!;
    if (column !== null) addProperty(row, column.name, columnValue(reading, column, values[at], isText));
  }
  return row;
}

function columnValue(
  { table, lines }: Reading,
  { label, codec }: InputColumn,
  value: unknown,
  isText: boolean,
): unknown {
  if (value === null) return null;
  const isDocument = !isText && isJson(codec);
  const plain = isRawNumber(value) && !isDocument ? value.rawJSON : value;
  if (typeof plain === "string" && !isDocument)
    return atLine(lines.last, () => parseValue(label, codec, plain));
  if (typeof plain === "number" && !isDocument) return exactInteger(codec, plain);
  if (typeof plain !== "object" && !isDocument) return plain;
  return atLine(lines.last, () =>
    parseNested({ name: label, hasTexts: table.isBody === true }, codec, plain),
  );
}
