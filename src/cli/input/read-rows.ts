import { type Relation, RowfnError, type SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import type { Codec } from "../../types/codec.ts";
import { codecOf } from "../../types/resolve.ts";
import type { StreamedFormat } from "../output/row-writer.ts";
import { textValue } from "../text-value.ts";
import type { InputRow } from "./input-row.ts";
import { type LineNumbers, lineNumbers } from "./line-numbers.ts";
import { readDelimited } from "./read-delimited.ts";
import { readJson, readNdjson } from "./read-json.ts";

/** The rows of a file as `insertMany` takes them, and where they stand in the file. */
export interface FileRows {
  readonly rows: AsyncIterable<Record<string, unknown>>;
  readonly lines: LineNumbers;
}

/** Reads rows one by one, each text as its column's type says. */
export function readRows(
  schema: SchemaSnapshot,
  table: string,
  format: StreamedFormat,
  chunks: AsyncIterable<string>,
): FileRows {
  const relation = relationOf(schema, table);
  const lines = lineNumbers(format === "json" ? "row" : "line");
  return { rows: typedRows(schema, relation, inputRows(format, chunks), lines), lines };
}

function inputRows(format: StreamedFormat, chunks: AsyncIterable<string>): AsyncIterable<InputRow> {
  switch (format) {
    case "csv":
      return readDelimited(chunks, ",");
    case "tsv":
      return readDelimited(chunks, "\t");
    case "json":
      return readJson(chunks);
    case "ndjson":
      return readNdjson(chunks);
  }
}

async function* typedRows(
  schema: SchemaSnapshot,
  relation: Relation,
  input: AsyncIterable<InputRow>,
  lines: LineNumbers,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const codecs = new Map<string, Codec>();
  for await (const { line, values, isText } of input) {
    lines.add(line);
    const entries = Object.entries(values).map(([name, value]) => {
      if (typeof value !== "string") return [name, value];
      const codec = codecs.get(name) ?? columnCodec(schema, relation, name, lines);
      codecs.set(name, codec);
      return [name, isText || !isJson(codec) ? fieldValue(relation, name, codec, value, lines) : value];
    });
    yield Object.fromEntries(entries);
  }
}

function isJson({ shape }: Codec): boolean {
  return shape.kind === "scalar" && shape.family === "json";
}

function columnCodec(schema: SchemaSnapshot, relation: Relation, name: string, lines: LineNumbers): Codec {
  return located(lines, () => codecOf(schema, relation, columnOf(schema, relation.key, name)));
}

function fieldValue(
  relation: Relation,
  name: string,
  codec: Codec,
  text: string,
  lines: LineNumbers,
): unknown {
  return located(lines, () => textValue(`${relation.key}.${name}`, codec, text));
}

function located<Result>(lines: LineNumbers, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RowfnError)) throw error;
    throw new RowfnError(`${lines.last()}: ${error.message}`, { cause: error });
  }
}
