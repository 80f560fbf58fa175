import type { AnySchema } from "../schema/snapshot.ts";
import type { FileFormat } from "./file-format.ts";
import { type ColumnNames, columnName, requireNewName, requireNewNames } from "./input-columns.ts";
import type { InputRow } from "./input-row.ts";
import { inputRows } from "./read-rows.ts";
import { type ColumnDetector, jsonDetector, textDetector } from "./text-types.ts";

/** A file whose columns are detected. */
export interface DetectedFile {
  readonly schema: AnySchema;
  readonly format: FileFormat;
  readonly names: ColumnNames;
  /** Whether a column is known, so that its type is not detected. */
  readonly isKnown: (column: string) => boolean;
}

/** Column → the type that holds all its values in the file, in the order of the file; undefined for a known column. */
export async function detectFile(
  { schema, format, names, isKnown }: DetectedFile,
  chunks: AsyncIterable<string>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const detectors = new Map<string, ColumnDetector | undefined>();
  const isText = format === "csv" || format === "tsv";
  const detectorOf = (header: string, line: number): ColumnDetector | undefined => {
    const name = columnName(names, header);
    if (name === null) return undefined;
    if (!detectors.has(name)) {
      if (!isText && !isKnown(name))
        requireNewName(`${format === "json" ? "row" : "line"} ${line}`, header, name);
      detectors.set(name, isKnown(name) ? undefined : isText ? textDetector(schema) : jsonDetector(schema));
    }
    return detectors.get(name);
  };
  const onHeader = (header: readonly string[]): void => {
    requireNewNames(names, header, isKnown);
    for (const name of header) detectorOf(name, 1);
  };
  for await (const rows of inputRows(format, chunks, onHeader)) for (const row of rows) add(detectorOf, row);
  return new Map([...detectors].map(([name, detector]) => [name, detector?.type()]));
}

function add(
  detectorOf: (header: string, line: number) => ColumnDetector | undefined,
  { line, names, values }: InputRow,
): void {
  for (let at = 0; at < names.length; at++) detectorOf(names[at]!, line)?.add(values[at]);
}
