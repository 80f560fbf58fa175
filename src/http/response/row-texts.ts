import { rowWriter, type WriterColumn } from "../../files/row-writer.ts";
import { untypedText } from "../../files/untyped-value.ts";
import type { BodyFormat } from "../body/media-type.ts";
import { exactJson } from "./json-text.ts";

/** The columns of CSV and TSV: names, or columns whose types are known. */
export type SentColumns = readonly (string | WriterColumn)[];

/** The functions that print rows in a format. */
export function sentWriter(format: BodyFormat, columns: SentColumns): ReturnType<typeof rowWriter> {
  if (format === "ndjson") return { head: "", row: row => `${exactJson(row)}\n`, foot: "" };
  if (format === "json")
    return { head: "[", row: (row, index) => `${index > 0 ? "," : ""}${exactJson(row)}`, foot: "]" };
  return rowWriter(format, columns.map(writerColumn));
}

function writerColumn(column: string | WriterColumn): WriterColumn {
  return typeof column === "string" ? { name: column, text: untypedText, json: exactJson } : column;
}

/** The text of a response in pieces. */
export async function* rowTexts(
  format: BodyFormat,
  columns: SentColumns,
  rows: AsyncIterable<Readonly<Record<string, unknown>>>,
): AsyncGenerator<string, void, undefined> {
  const { head, row, foot } = sentWriter(format, columns);
  let index = 0;
  yield head;
  for await (const one of rows) yield row(one, index++);
  yield foot;
}
