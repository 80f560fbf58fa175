import { ArgumentError } from "../errors.ts";
import { FILE_FORMATS, type FileFormat, type RowFormat } from "./format-name.ts";
import { htmlTable, markdownTable } from "./markup-table.ts";
import { jsonText, plainText } from "./plain-text.ts";
import { rowWriter } from "./row-writer.ts";
import { textTable } from "./text-table.ts";

/** How `formatRows` writes. */
export interface FormatOptions {
  /** The columns, in order; those of the first row by default. */
  readonly columns?: readonly string[];
  /** For `"table"`: the width in terminal cells that lines are cut off at; no limit by default. */
  readonly width?: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Rows as text: an aligned table, Markdown, HTML, CSV (RFC 4180), TSV, JSON or NDJSON. Dates are ISO 8601 in UTC, bytes
 * `\x` and hexadecimal digits, big integers have all their digits; NULL is nothing, in JSON null. To move rows from one
 * database to another, `exportRows` writes each value as PostgreSQL does.
 * @param rows rows as the reading functions return them
 * @param format one of the seven
 * @param options which columns, the width of a table
 * @returns the text, which ends with a line feed
 * @throws ArgumentError for an unknown format
 * @example `formatRows([{ id: 1, name: "a|b" }], "markdown")` → `"| id | name |\n| --: | --- |\n| 1 | a\\|b |\n"`
 */
export function formatRows(rows: readonly object[], format: RowFormat, options: FormatOptions = {}): string {
  const names = options.columns ?? Object.keys(rows[0] ?? {});
  const read = rows as readonly Row[];
  if ((FILE_FORMATS as readonly string[]).includes(format))
    return fileText(names, read, format as FileFormat);
  const columns = names.map(name => ({ name, isNumber: isNumeric(read, name) }));
  const cells = read.map(row => names.map(name => cellText(row[name])));
  switch (format) {
    case "table":
      return textTable(columns, cells, options.width);
    case "markdown":
      return markdownTable(columns, cells);
    case "html":
      return htmlTable(columns, cells);
    default:
      throw new ArgumentError(
        `format is one of ${[...FILE_FORMATS, "table", "markdown", "html"].join(", ")}, received ${JSON.stringify(format)}`,
      );
  }
}

function fileText(names: readonly string[], rows: readonly Row[], format: FileFormat): string {
  const { head, row, foot } = rowWriter(
    format,
    names.map(name => ({ name, text: plainText, json: jsonText })),
  );
  return head + rows.map(row).join("") + foot;
}

function isNumeric(rows: readonly Row[], name: string): boolean {
  return rows.some(row => typeof row[name] === "number" || typeof row[name] === "bigint");
}

function cellText(value: unknown): string {
  return value === null || value === undefined ? "" : plainText(value);
}
