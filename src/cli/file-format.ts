import { extname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import type { JsTypes } from "../index.ts";
import { UsageError } from "./failure.ts";
import { STREAMED, type StreamedFormat } from "./output/row-writer.ts";

/** The option for the format of a file. */
export function fileFormatOption(): Option<
  "--format <format>",
  undefined,
  undefined,
  undefined,
  false,
  StreamedFormat
> {
  return new Option("--format <format>", "by default what the file's name ends with").choices(STREAMED);
}

const EXTENSIONS: Readonly<Record<string, StreamedFormat>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".tab": "tsv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** The format that was asked for, else that of the file's name. */
export function fileFormat(path: string | undefined, asked: StreamedFormat | undefined): StreamedFormat {
  const format = asked ?? EXTENSIONS[extname(path ?? "").toLowerCase()];
  if (format !== undefined) return format;
  const what = path === undefined ? "standard input and output have" : `the name ${path} tells`;
  throw new UsageError(`${what} no format: add --format ${STREAMED.join(", ")}`);
}

/**
 * The forms of values in which a file holds them exactly: moments with every microsecond; a json value as its text, or
 * in JSON as it is, with integers of any length.
 */
export function exactForms(format: StreamedFormat): Partial<JsTypes> {
  const json = format === "csv" || format === "tsv" ? "string" : "bigint";
  return { timestamp: "string", timestamptz: "string", json };
}
