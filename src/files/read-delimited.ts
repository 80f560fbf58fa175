import type { CastingContext, CsvError, Parser } from "csv-parse";
import { RowfnError } from "../errors.ts";
import type { InputRow, InputRows } from "./input-row.ts";
import { positionAfter, TEXT_START } from "./text-position.ts";

interface ParsedRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly (string | null)[];
}

/** The rows of CSV (RFC 4180) or TSV with a header. An empty field is NULL, `""` an empty string. */
export async function* readDelimited(
  chunks: AsyncIterable<string>,
  delimiter: "," | "\t",
  onHeader: (names: readonly string[]) => void,
): InputRows {
  // Loaded only if a file needs it.
  const csv = await import("csv-parse");
  let last: CastingContext | undefined;
  const cast = (text: string, field: CastingContext): string | null => {
    last = field;
    return emptyAsNull(text, field);
  };
  const parser = csv.parse({
    ...{ delimiter, info: true, bom: true, cast, relax_column_count: true },
    // Lines of one file can have different line endings.
    record_delimiter: ["\r\n", "\n", "\r"],
  });
  let names: readonly string[] | undefined;
  try {
    for await (const records of parseRecords(parser, chunks)) {
      if (names === undefined) {
        names = records.shift()!.record.map(name => name ?? "");
        onHeader(names);
      }
      yield inputRows(names, records);
    }
  } catch (error) {
    throw error instanceof csv.CsvError
      ? new RowfnError(syntaxMessage(error, last), { cause: error })
      : error;
  } finally {
    parser.destroy();
  }
}

/** The records that each chunk completes. */
async function* parseRecords(
  parser: Parser,
  chunks: AsyncIterable<string>,
): AsyncGenerator<ParsedRecord[], void, undefined> {
  let records: ParsedRecord[] = [];
  parser.on("data", (record: ParsedRecord) => records.push(record));
  const finished = Promise.withResolvers<void>();
  finished.promise.catch(() => {});
  parser.on("end", finished.resolve).on("error", finished.reject);
  let position = TEXT_START;
  for await (const chunk of chunks) {
    // The parser would replace a lone surrogate by U+FFFD.
    position = positionAfter(position, chunk);
    await Promise.race([written(parser, chunk), finished.promise]);
    if (records.length > 0) yield records;
    records = [];
  }
  parser.end();
  await finished.promise;
  if (records.length > 0) yield records;
}

// The next chunk may be long in coming, so an error is not left to it.
function written(parser: Parser, chunk: string): Promise<void> {
  return new Promise((resolve, reject) => parser.write(chunk, error => (error ? reject(error) : resolve())));
}

// An empty line is a NULL if there is one column, as in COPY, and is ignored if there are several.
function inputRows(names: readonly string[], records: readonly ParsedRecord[]): readonly InputRow[] {
  const rows: InputRow[] = [];
  for (const { info, record } of records) {
    if (record.length === names.length) rows.push({ line: info.lines, names, values: record, isText: true });
    else if (record.length !== 1 || record[0] !== null)
      throw new RowfnError(
        `line ${info.lines}: expected ${names.length} ${names.length === 1 ? "field" : "fields"}, as in the header, received ${record.length}`,
      );
  }
  return rows;
}

function emptyAsNull(text: string, { quoting }: CastingContext): string | null {
  return text === "" && !quoting ? null : text;
}

/** An error of the parser, which has the members of the field that it was about to read. */
type SyntaxProblem = CsvError & Partial<Pick<CastingContext, "column" | "lines">>;

function syntaxMessage(problem: SyntaxProblem, last: CastingContext | undefined): string {
  const { code, message, lines: line } = problem;
  const start = startOfField(problem, last);
  const place = line === undefined ? "" : `line ${line}: `;
  // The parser has then read to the end of the file, so the line of the error says nothing.
  if (code === "CSV_QUOTE_NOT_CLOSED")
    return `line ${start}: the quoted field has no closing quote; write a quote inside it as ""`;
  if (code === "INVALID_OPENING_QUOTE")
    return `${place}a quote is inside a field without quotes; quote the whole field, and write a quote inside it as ""`;
  const begin = start === line ? "" : ` that begins on line ${start}`;
  return code === "CSV_INVALID_CLOSING_QUOTE"
    ? `${place}text follows the closing quote of a field${begin}; write a quote inside it as ""`
    : `${place}${message}`;
}

/** The line on which a field begins; `last` is the field before, which ends a row if this one is the first of its row. */
function startOfField({ column }: SyntaxProblem, last: CastingContext | undefined): number {
  if (last === undefined) return 1;
  return column === 0 ? last.lines + 1 : last.lines;
}
