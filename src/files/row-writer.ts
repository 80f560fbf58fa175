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
  return {
    head: header ? `${columns.map(({ name }) => field(name, delimiter)).join(delimiter)}\n` : "",
    row: row => {
      let line = "";
      for (let at = 0; at < columns.length; at++) {
        const { name, text } = columns[at]!;
        const value = row[name];
        if (at > 0) line += delimiter;
        if (!isNull(value)) line += field(text(value), delimiter);
      }
      return `${line}\n`;
    },
    foot: "",
  };
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined;
}

const SPECIAL = { ",": /[",\r\n]/, "\t": /["\t\r\n]/ } as const;
// Spaces at an end, and PostgreSQL's end of data.
const EDGES = /^\s|\s$|^\\\.$/;

// RFC 4180; as in PostgreSQL's CSV the empty text is quoted, because nothing is NULL, and so is `\.`.
function field(text: string, delimiter: "," | "\t"): string {
  if (text !== "" && !SPECIAL[delimiter].test(text) && !EDGES.test(text)) return text;
  return `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;
}

function jsonRow(columns: readonly WrittenColumn[], row: Row): string {
  const fields = columns.map(
    ({ name, json }) => `${JSON.stringify(name)}:${isNull(row[name]) ? "null" : json(row[name])}`,
  );
  return `{${fields.join(",")}}`;
}
