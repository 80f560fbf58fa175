import type { CastingContext, Parser } from "csv-parse";
import { RowfnError } from "../errors.ts";
import type { InputRow, InputRows } from "./input-row.ts";

interface ParsedRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly (string | null)[];
}

/** The rows of CSV (RFC 4180) or TSV whose first line has the columns' names. An empty field is NULL, `""` the empty text. */
export async function* readDelimited(
  chunks: AsyncIterable<string>,
  delimiter: "," | "\t",
  checkHeader: (names: readonly string[]) => void,
): InputRows {
  // Only who reads such a file pays for the parser.
  const { CsvError, parse } = await import("csv-parse");
  const parser = parse({ delimiter, info: true, bom: true, cast: nullable, relax_column_count: true });
  let names: readonly string[] | undefined;
  try {
    for await (const records of parsedRecords(parser, chunks)) {
      if (names === undefined) {
        names = records.shift()!.record.map(name => name ?? "");
        checkHeader(names);
      }
      yield inputRows(names, records);
    }
  } catch (error) {
    throw error instanceof CsvError ? new RowfnError(error.message, { cause: error }) : error;
  } finally {
    parser.destroy();
  }
}

/** The records that each piece of the text ends. */
async function* parsedRecords(
  parser: Parser,
  chunks: AsyncIterable<string>,
): AsyncGenerator<ParsedRecord[], void, undefined> {
  let records: ParsedRecord[] = [];
  parser.on("data", (record: ParsedRecord) => records.push(record));
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  parser.on("end", ended.resolve).on("error", ended.reject);
  for await (const chunk of chunks) {
    await Promise.race([new Promise(done => parser.write(chunk, done)), ended.promise]);
    if (records.length > 0) yield records;
    records = [];
  }
  parser.end();
  await ended.promise;
  if (records.length > 0) yield records;
}

// An empty line is NULL where there is one column, as for COPY, and nothing where there are several.
function inputRows(names: readonly string[], records: readonly ParsedRecord[]): readonly InputRow[] {
  const rows: InputRow[] = [];
  for (const { info, record } of records) {
    if (record.length === names.length) rows.push({ line: info.lines, names, values: record, isText: true });
    else if (record.length !== 1 || record[0] !== null)
      throw new RowfnError(
        `line ${info.lines}: ${record.length} ${record.length === 1 ? "field" : "fields"}, but the first line names ${names.length}`,
      );
  }
  return rows;
}

function nullable(text: string, { quoting }: CastingContext): string | null {
  return text === "" && !quoting ? null : text;
}
