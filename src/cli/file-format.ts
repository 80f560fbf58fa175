import { extname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../files/format-name.ts";
import { UsageError } from "./failure.ts";

/** The option for the format of a file. */
export function fileFormatOption(): Option<
  "--format <format>",
  undefined,
  undefined,
  undefined,
  false,
  FileFormat
> {
  return new Option("--format <format>", "by default what the file's name ends with").choices(FILE_FORMATS);
}

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".tab": "tsv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** The format that was asked for, else that of the file's name. */
export function fileFormat(path: string | undefined, asked: FileFormat | undefined): FileFormat {
  const format = asked ?? EXTENSIONS[extname(path ?? "").toLowerCase()];
  if (format !== undefined) return format;
  const what = path === undefined ? "standard input and output have" : `the name ${path} tells`;
  throw new UsageError(`${what} no format: add --format ${FILE_FORMATS.join(", ")}`);
}
