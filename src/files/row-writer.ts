import { isPlainObject } from "../schema/arguments.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type AnyAlias, aliasNames, splitSelect } from "../statements/alias.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import type { Codec, Shape } from "../types/codec.ts";
import { FILE_FORMATS, type FileFormat, formatError } from "./file-format.ts";
import { untypedJson, untypedText } from "./untyped-value.ts";

/** A column of a file with the functions that print its values. */
export interface WriterColumn {
  readonly name: string;
  /** The text of a value (not null), for CSV and TSV. */
  readonly text: (value: unknown) => string;
  /** The JSON of a value (not null). */
  readonly json: (value: unknown) => string;
}

type Row = Readonly<Record<string, unknown>>;

/** The text of a file: its beginning, each row, its end. */
export interface RowWriter {
  readonly head: string;
  readonly row: (row: Row, index: number) => string;
  readonly foot: string;
}

/** The writer of a format; `header: false` omits the line of column names. */
export function rowWriter(format: FileFormat, columns: readonly WriterColumn[], header = true): RowWriter {
  switch (format) {
    case "csv":
      return delimitedWriter(columns, ",", header);
    case "tsv":
      return delimitedWriter(columns, "\t", header);
    case "ndjson":
      return { head: "", row: row => `${jsonRow(columns, row)}\n`, foot: "" };
    case "json":
      return {
        head: "[",
        row: (row, index) => `${index > 0 ? "," : ""}\n${jsonRow(columns, row)}`,
        foot: "\n]\n",
      };
    default:
      throw formatError(FILE_FORMATS, format);
  }
}

function delimitedWriter(
  columns: readonly WriterColumn[],
  delimiter: "," | "\t",
  header: boolean,
): RowWriter {
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
// Spaces at either end, and the end-of-data marker of PostgreSQL.
const UNSAFE = /^\s|\s$|^\\\.$/;

// RFC 4180. As in PostgreSQL's CSV, an empty string is quoted, because an empty field is NULL.
function field(text: string, delimiter: "," | "\t"): string {
  if (text !== "" && !SPECIAL[delimiter].test(text) && !UNSAFE.test(text)) return text;
  return `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;
}

function jsonRow(columns: readonly WriterColumn[], row: Row): string {
  const fields = columns.map(
    ({ name, json }) => `${JSON.stringify(name)}:${isNull(row[name]) ? "null" : json(row[name])}`,
  );
  return `{${fields.join(",")}}`;
}

/** The columns of a table, by default all readable ones, with texts that `importRows` can parse. */
export function writerColumns(
  schema: AnySchema,
  table: string,
  select: readonly (string | AnyAlias)[] | undefined,
): readonly WriterColumn[] {
  const plan = relationPlan(schema, table);
  const { columns = plan.all.output.map(({ name }) => name), aliases } = splitSelect(select);
  const computed = aliasNames(aliases).map(untypedColumn);
  const own = columns.map(name => codecColumn(name, planColumn(plan, name).codec));
  return [...own, ...computed];
}

/** A column whose values are printed by their JavaScript types. */
export function untypedColumn(name: string): WriterColumn {
  return { name, text: untypedText, json: untypedJson };
}

/** A column whose values are those of a codec. */
export function codecColumn(name: string, codec: Codec): WriterColumn {
  const text = codec.print;
  return { name, text, json: jsonPrinter(codec, text) };
}

// A value of type json is its own JSON. Inside an array or composite it would be ambiguous, so the whole value is a string.
function jsonPrinter({ shape }: Codec, text: (value: unknown) => string): (value: unknown) => string {
  if (shape.kind === "scalar" && shape.family === "json") return text;
  const quoted = (value: unknown): string => JSON.stringify(text(value));
  return holdsJson(shape) ? quoted : value => (isJsonValue(value) ? JSON.stringify(value) : quoted(value));
}

function isJsonValue(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) return typeof value !== "bigint";
  if (Array.isArray(value)) return value.every(isJsonValue);
  return isPlainObject(value) && Object.values(value).every(isJsonValue);
}

function holdsJson(shape: Shape): boolean {
  switch (shape.kind) {
    case "scalar":
      return shape.family === "json";
    case "array":
      return holdsJson(shape.element.shape);
    case "composite":
      return shape.fields.some(({ codec }) => holdsJson(codec.shape));
    default:
      return false;
  }
}
