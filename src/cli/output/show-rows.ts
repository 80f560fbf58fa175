import { Option } from "@commander-js/extra-typings";
import { rowWriter, STREAMED, type StreamedFormat } from "./row-writer.ts";
import { plainColumns, type ShownColumn } from "./shown-column.ts";
import { tableText } from "./terminal-table.ts";
import { writeLine } from "./write-text.ts";

const FORMATS: readonly ShownFormat[] = ["table", ...STREAMED];
export type ShownFormat = "table" | StreamedFormat;

/** The option `--format` of what shows rows. */
export function formatOption(): Option<
  "--format <format>",
  undefined,
  undefined,
  undefined,
  false,
  ShownFormat
> {
  return new Option("--format <format>", "by default a table on a terminal, else tsv").choices(FORMATS);
}

/** Whether people look at standard output. */
export function isShown(): boolean {
  return process.stdout.isTTY === true;
}

/** Writes rows to standard output. */
export async function showRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly ShownColumn[],
  format: ShownFormat = isShown() ? "table" : "tsv",
): Promise<void> {
  // A statement that returns nothing.
  if (columns.length === 0) return;
  if (format === "table")
    return writeLine(tableText(columns, rows, isShown() ? process.stdout.columns : undefined));
  const { head, row, foot } = rowWriter(format, columns);
  await writeLine(head + rows.map(row).join("") + foot);
}

/** Writes one row: on a terminal a line for each column. */
export async function showRow(
  row: Readonly<Record<string, unknown>>,
  columns: readonly ShownColumn[],
  format?: ShownFormat,
): Promise<void> {
  if (format !== undefined || !isShown()) return showRows([row], columns, format);
  const lines = columns.map(({ name, print }) => ({
    column: name,
    value: row[name] === null ? null : print(row[name]),
  }));
  await showRows(lines, plainColumns(["column", "value"], lines), "table");
}
