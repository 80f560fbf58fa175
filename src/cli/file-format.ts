import { extname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../files/file-format.ts";
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
  return new Option("--format <format>", "file format (default: by file extension)").choices(FILE_FORMATS);
}

const EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  ".csv": "csv",
  ".tsv": "tsv",
  ".tab": "tsv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** Returns the format that the extension of a file says, if it is known. */
export function formatOfExtension(path: string): FileFormat | undefined {
  return EXTENSIONS[extname(path).toLowerCase()];
}

/**
 * Returns the requested format, or the format of the file's extension. `option` is the name of the option in the message.
 * @throws UsageError if neither is known
 */
export function fileFormat(
  path: string | undefined,
  requested: FileFormat | undefined,
  option = "--format",
): FileFormat {
  const format = requested ?? formatOfExtension(path ?? "");
  if (format !== undefined) return format;
  const reason =
    path === undefined ? "for standard input and output" : `because ${path} has no known extension`;
  throw new UsageError(`${option} is required ${reason}; choose csv, tsv, json or ndjson`);
}
