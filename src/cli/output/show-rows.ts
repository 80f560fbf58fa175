import { styleText } from "node:util";
import { Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type RowFormat } from "../../files/format-name.ts";
import { htmlTable, markdownTable } from "../../files/markup-table.ts";
import { rowWriter } from "../../files/row-writer.ts";
import { textTable } from "../../files/text-table.ts";
import { plainColumns, type ShownColumn } from "./shown-column.ts";
import { writeLine } from "./write-text.ts";

const FORMATS: readonly RowFormat[] = ["table", "markdown", "html", ...FILE_FORMATS];

/** The option `--format` of what shows rows. */
export function formatOption(): Option<
  "--format <format>",
  undefined,
  undefined,
  undefined,
  false,
  RowFormat
> {
  return new Option("--format <format>", "by default a table on a terminal, else tsv").choices(FORMATS);
}

/** Whether people look at standard output. */
export function isShown(): boolean {
  return process.stdout.isTTY === true;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Writes rows to standard output. */
export async function showRows(
  rows: Rows,
  columns: readonly ShownColumn[],
  format: RowFormat = isShown() ? "table" : "tsv",
): Promise<void> {
  // A statement that returns nothing.
  if (columns.length === 0) return;
  await writeLine(rowsText(rows, columns, format));
}

function rowsText(rows: Rows, columns: readonly ShownColumn[], format: RowFormat): string {
  switch (format) {
    case "table":
      return withBoldHead(
        textTable(columns, cellTexts(rows, columns), isShown() ? process.stdout.columns : undefined),
      );
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

function withBoldHead(table: string): string {
  const end = table.indexOf("\n");
  return styleText("bold", table.slice(0, end), { stream: process.stdout }) + table.slice(end);
}

/** Writes one row: on a terminal a line for each column. */
export async function showRow(
  row: Readonly<Record<string, unknown>>,
  columns: readonly ShownColumn[],
  format?: RowFormat,
): Promise<void> {
  if (format !== undefined || !isShown()) return showRows([row], columns, format);
  const lines = columns.map(({ name, text }) => ({
    column: name,
    value: row[name] === null ? null : text(row[name]),
  }));
  await showRows(lines, plainColumns(["column", "value"], lines), "table");
}
