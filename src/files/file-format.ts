import { ArgumentError } from "../errors.ts";
import { describeValue } from "../types/problem.ts";

/** The formats of files that `importRows` reads and `exportRows` writes. */
export const FILE_FORMATS = ["csv", "tsv", "json", "ndjson"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The formats of files, and of tables for people. */
export type RowFormat = FileFormat | "table" | "markdown" | "html";

/** The error for a format that is not in the list. */
export function formatError(formats: readonly string[], format: unknown): ArgumentError {
  const list = `${formats.slice(0, -1).join(", ")} or ${formats.at(-1)}`;
  return new ArgumentError(`format must be ${list}, received ${describeValue(format)}`);
}
