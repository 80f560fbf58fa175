import type { CastingContext } from "csv-parse";
import { RowfnError } from "../errors.ts";
import type { InputRow } from "./input-row.ts";

interface ParsedRecord {
  readonly info: { readonly lines: number; readonly error?: { readonly message: string } };
  readonly record: Readonly<Record<string, unknown>>;
}

/** The rows of CSV (RFC 4180) or TSV whose first line has the columns' names. An empty field is NULL, `""` the empty text. */
export async function* readDelimited(
  chunks: AsyncIterable<string>,
  delimiter: "," | "\t",
  checkHeader: (names: readonly string[]) => void,
): AsyncGenerator<InputRow, void, undefined> {
  // Only who reads such a file pays for the parser.
  const { CsvError, parse } = await import("csv-parse");
  const { pipeline, Readable } = await import("node:stream");
  const parser = parse({
    ...{ delimiter, info: true, bom: true, cast: nullable, relax_column_count: true },
    columns: (names: string[]) => {
      checkHeader(names);
      return names;
    },
  });
  // Its errors come out of the loop as well.
  pipeline(Readable.from(chunks), parser, () => {});
  try {
    for await (const { info, record } of parser as AsyncIterable<ParsedRecord>) {
      // An empty line is NULL where there is one column, as for COPY, and nothing where there are several.
      if (info.error === undefined) yield { line: info.lines, values: record, isText: true };
      else if (!isEmptyLine(record)) throw new RowfnError(info.error.message);
    }
  } catch (error) {
    throw error instanceof CsvError ? new RowfnError(error.message, { cause: error }) : error;
  } finally {
    parser.destroy();
  }
}

function isEmptyLine(record: ParsedRecord["record"]): boolean {
  const values = Object.values(record);
  return values.length === 1 && values[0] === null;
}

function nullable(text: string, { quoting, header }: CastingContext): string | null {
  return text === "" && !quoting && !header ? null : text;
}
