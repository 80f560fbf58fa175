import { ArgumentError } from "../errors.ts";
import { FILE_FORMATS, type FileFormat } from "./format-name.ts";

/** A column of a file. */
export interface WrittenColumn {
  readonly name: string;
  /** A value (never null) as text, for CSV and TSV. */
  readonly text: (value: unknown) => string;
  /** A value (never null) as JSON. */
  readonly json: (value: unknown) => string;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows as text in one format. */
export interface RowWriter {
  readonly head: string;
  readonly row: (row: Row, index: number) => string;
  readonly foot: string;
}

/** How rows of some columns are written; `header: false` leaves out the line of names. */
export function rowWriter(format: FileFormat, columns: readonly WrittenColumn[], header = true): RowWriter {
  switch (format) {
    case "csv":
      return delimited(columns, ",", header);
    case "tsv":
      return delimited(columns, "\t", header);
    case "ndjson":
      return { head: "", row: row => `${jsonRow(columns, row)}\n`, foot: "" };
    case "json":
      return {
        head: "[",
        row: (row, index) => `${index > 0 ? "," : ""}\n${jsonRow(columns, row)}`,
        foot: "\n]\n",
      };
    default:
      throw new ArgumentError(
        `format is one of ${FILE_FORMATS.join(", ")}, received ${JSON.stringify(format)}`,
      );
  }
}

function delimited(columns: readonly WrittenColumn[], delimiter: "," | "\t", header: boolean): RowWriter {
  const line = (fields: readonly string[]): string => `${fields.join(delimiter)}\n`;
  return {
    head: header ? line(columns.map(({ name }) => field(name, delimiter))) : "",
    row: row =>
      line(columns.map(({ name, text }) => (isNull(row[name]) ? "" : field(text(row[name]), delimiter)))),
    foot: "",
  };
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

// RFC 4180; as in PostgreSQL's CSV the empty text is quoted, because nothing is NULL, and so is `\.`, its end of data.
function field(text: string, delimiter: string): string {
  const isPlain = text !== "" && text !== "\\." && !text.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function jsonRow(columns: readonly WrittenColumn[], row: Row): string {
  const fields = columns.map(
    ({ name, json }) => `${JSON.stringify(name)}:${isNull(row[name]) ? "null" : json(row[name])}`,
  );
  return `{${fields.join(",")}}`;
}
