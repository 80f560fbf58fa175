import type { ShownColumn } from "./shown-column.ts";

/** The formats that are written row by row. */
export const STREAMED = ["csv", "tsv", "json", "ndjson"] as const;
export type StreamedFormat = (typeof STREAMED)[number];

/** Rows as text in one format, each piece ended by a line feed. */
export interface RowWriter {
  readonly head: string;
  readonly row: (row: Readonly<Record<string, unknown>>, index: number) => string;
  readonly foot: string;
}

/** How rows of some columns are written. */
export function rowWriter(format: StreamedFormat, columns: readonly ShownColumn[]): RowWriter {
  switch (format) {
    case "csv":
      return delimited(columns, ",");
    case "tsv":
      return delimited(columns, "\t");
    case "ndjson":
      return { head: "", row: row => `${jsonRow(columns, row)}\n`, foot: "" };
    case "json":
      return {
        head: "[",
        row: (row, index) => `${index > 0 ? "," : ""}\n${jsonRow(columns, row)}`,
        foot: "\n]\n",
      };
  }
}

function delimited(columns: readonly ShownColumn[], delimiter: "," | "\t"): RowWriter {
  const line = (fields: readonly string[]): string => `${fields.join(delimiter)}\n`;
  return {
    head: line(columns.map(({ name }) => field(name, delimiter))),
    row: row =>
      line(columns.map(({ name, print }) => (row[name] === null ? "" : field(print(row[name]), delimiter)))),
    foot: "",
  };
}

// RFC 4180, and as in PostgreSQL's CSV the empty text is quoted, because nothing is NULL.
function field(text: string, delimiter: string): string {
  const isPlain = text !== "" && !text.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function jsonRow(columns: readonly ShownColumn[], row: Readonly<Record<string, unknown>>): string {
  const fields = columns.map(({ name, json }) => `${JSON.stringify(name)}:${json(row[name])}`);
  return `{${fields.join(",")}}`;
}
