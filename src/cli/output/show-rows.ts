import { Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat, type RowFormat } from "../../files/file-format.ts";
import { htmlTable, markdownTable } from "../../files/markup-table.ts";
import { rowWriter } from "../../files/row-writer.ts";
import { textTable } from "../../files/text-table.ts";
import { UsageError } from "../failure.ts";
import { styled, surroundings } from "../surroundings.ts";
import { openSink, writeLine } from "./output-file.ts";
import { plainColumns, type ShownColumn } from "./shown-column.ts";

const FORMATS: readonly RowFormat[] = ["table", "markdown", "html", ...FILE_FORMATS];

/** The option `--format` of subcommands that print rows. */
export function formatOption(): Option<
  "--format <format>",
  undefined,
  undefined,
  undefined,
  false,
  RowFormat
> {
  return new Option(
    "--format <format>",
    "output format (default: table on a terminal, otherwise tsv)",
  ).choices(FORMATS);
}

/** Throws UsageError for `--format` of a subcommand that prints no row with its other options. */
export function requireNoFormat(format: RowFormat | undefined): void {
  if (format !== undefined)
    throw new UsageError(
      "--format belongs to one row; with --where, --all or --from only a number is printed",
    );
}

/** Whether standard output is a terminal. */
export function isTerminal(): boolean {
  return surroundings().output.isTerminal;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Prints rows to standard output. */
export async function showRows(
  rows: Rows,
  columns: readonly ShownColumn[],
  format: RowFormat = defaultFormat(),
): Promise<void> {
  // The statement returns no rows.
  if (columns.length === 0) return;
  await writeLine(rowsText(rows, columns, format));
}

/** The format of rows without `--format`. */
export function defaultFormat(): RowFormat {
  return isTerminal() ? "table" : "tsv";
}

/** Whether a format needs no width of a column, so that rows can be printed before the last one is known. */
export function isFileFormat(format: RowFormat): format is FileFormat {
  return (FILE_FORMATS as readonly string[]).includes(format);
}

/** Prints rows to standard output while they are read, with as many in memory as are printed together. */
export async function showRowsAsRead(
  rows: AsyncIterable<Rows[number]>,
  columns: readonly ShownColumn[],
  format: FileFormat,
): Promise<void> {
  const { head, row, foot } = rowWriter(format, columns);
  const sink = openSink(undefined);
  const encoder = new TextEncoder();
  let text = head;
  let index = 0;
  for await (const one of rows) {
    text += row(one, index++);
    if (text.length < PRINTED_TOGETHER) continue;
    await sink.write(encoder.encode(text));
    text = "";
  }
  await sink.write(encoder.encode(text + foot));
  await sink.end();
}

/** UTF-16 code units. */
const PRINTED_TOGETHER = 65_536;

function rowsText(rows: Rows, columns: readonly ShownColumn[], format: RowFormat): string {
  switch (format) {
    case "table":
      return boldHeader(textTable(columns, cellTexts(rows, columns), surroundings().output.columns));
    case "markdown":
      return markdownTable(columns, cellTexts(rows, columns));
    case "html":
      return htmlTable(columns, cellTexts(rows, columns));
    default: {
      const { head, row, foot } = rowWriter(format, columns);
      return head + rows.map(row).join("") + foot;
    }
  }
}

function cellTexts(rows: Rows, columns: readonly ShownColumn[]): string[][] {
  return rows.map(row => columns.map(({ name, text }) => (row[name] === null ? "" : text(row[name]))));
}

function boldHeader(table: string): string {
  const end = table.indexOf("\n");
  return styled(surroundings().output, "bold", table.slice(0, end)) + table.slice(end);
}

/** Prints one row, on a terminal with one line per column. */
export async function showRow(
  row: Readonly<Record<string, unknown>>,
  columns: readonly ShownColumn[],
  format?: RowFormat,
): Promise<void> {
  if (format !== undefined || !isTerminal()) return showRows([row], columns, format);
  const lines = columns.map(({ name, text }) => ({
    column: name,
    value: row[name] === null ? null : text(row[name]),
  }));
  await showRows(lines, plainColumns(["column", "value"], lines), "table");
}
