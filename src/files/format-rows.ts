import { ArgumentError } from "../errors.ts";
import { type OptionNames, requireArray, requireOptions } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { FILE_FORMATS, type FileFormat, formatError, type RowFormat } from "./file-format.ts";
import { htmlTable, markdownTable } from "./markup-table.ts";
import { rowWriter, untypedColumn } from "./row-writer.ts";
import { textTable } from "./text-table.ts";
import { untypedText } from "./untyped-value.ts";

/** Options of `formatRows`. */
export interface FormatRowsOptions {
  /** The columns, in order; default: the columns of the first row. */
  readonly columns?: readonly string[];
  /** For `"table"`: the maximum width of a line in terminal cells; no limit by default. */
  readonly width?: number;
}

const FORMAT_OPTIONS: OptionNames<FormatRowsOptions> = { columns: "list", width: "count" };

type Row = Readonly<Record<string, unknown>>;

/**
 * Prints rows as an aligned table, Markdown, HTML, CSV (RFC 4180), TSV, JSON or NDJSON. A `Date` is ISO 8601 in UTC, bytes
 * are `\x` and hexadecimal digits, a bigint has all its digits. NULL is empty, in JSON null. To move rows to another
 * database use `exportRows`, which knows the columns' types.
 * @param rows rows as the reading functions return them
 * @param format `"table"`, `"markdown"`, `"html"`, `"csv"`, `"tsv"`, `"json"` or `"ndjson"`
 * @param options the columns, the width of a table
 * @returns the text, which ends with a line feed
 * @throws ArgumentError if the format is unknown or a row is not an object
 * @example `formatRows([{ id: 1, name: "a|b" }], "markdown")` → `"| id | name |\n| --: | --- |\n| 1 | a\\|b |\n"`
 */
export function formatRows(
  rows: readonly object[],
  format: RowFormat,
  options: FormatRowsOptions = {},
): string {
  requireArray("rows", rows);
  requireOptions("formatRows", options, FORMAT_OPTIONS);
  const wrong = rows.findIndex(row => typeof row !== "object" || row === null);
  if (wrong !== -1)
    throw new ArgumentError(`rows[${wrong}] must be an object, received ${describeValue(rows[wrong])}`);
  const names = options.columns ?? Object.keys(rows[0] ?? {});
  const read = (rows as readonly Row[]).map(row => withoutInherited(row, names));
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
      throw formatError([...FILE_FORMATS, "table", "markdown", "html"], format);
  }
}

// A row without the column toString has no value there.
function withoutInherited(row: Row, names: readonly string[]): Row {
  const inherits = names.some(name => name in row && !Object.hasOwn(row, name));
  return inherits ? Object.assign(Object.create(null), row) : row;
}

function fileText(names: readonly string[], rows: readonly Row[], format: FileFormat): string {
  const { head, row, foot } = rowWriter(format, names.map(untypedColumn));
  return head + rows.map(row).join("") + foot;
}

function isNumeric(rows: readonly Row[], name: string): boolean {
  return rows.some(row => typeof row[name] === "number" || typeof row[name] === "bigint");
}

function cellText(value: unknown): string {
  return value === null || value === undefined ? "" : untypedText(value);
}
