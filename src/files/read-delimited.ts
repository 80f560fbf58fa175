import { pipeline, Readable } from "node:stream";
import type { CastingContext } from "csv-parse";
import { RowfnError } from "../errors.ts";
import type { InputRow } from "./input-row.ts";

interface ParsedRecord {
  readonly info: { readonly lines: number };
  readonly record: Readonly<Record<string, unknown>>;
}

/** The rows of CSV (RFC 4180) or TSV whose first line has the columns' names. An empty field is NULL, `""` the empty text. */
export async function* readDelimited(
  chunks: AsyncIterable<string>,
  delimiter: "," | "\t",
): AsyncGenerator<InputRow, void, undefined> {
  // Only who reads such a file pays for the parser.
  const { CsvError, parse } = await import("csv-parse");
  const parser = parse({
    ...{ delimiter, columns: headerOf, info: true, skip_empty_lines: true, bom: true, cast: nullable },
  });
  // Its errors come out of the loop as well.
  pipeline(Readable.from(chunks), parser, () => {});
  try {
    for await (const { info, record } of parser as AsyncIterable<ParsedRecord>)
      yield { line: info.lines, values: record, isText: true };
  } catch (error) {
    throw error instanceof CsvError ? new RowfnError(error.message, { cause: error }) : error;
  } finally {
    parser.destroy();
  }
}

function headerOf(names: readonly string[]): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RowfnError(`line 1: the column ${JSON.stringify(twice)} is there twice`);
  return [...names];
}

function nullable(text: string, { quoting, header }: CastingContext): string | null {
  return text === "" && !quoting && !header ? null : text;
}
