/** The formats that files of rows have. */
export const FILE_FORMATS = ["csv", "tsv", "json", "ndjson"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The formats that rows can be shown in: those of files, and those for people. */
export type RowFormat = FileFormat | "table" | "markdown" | "html";
