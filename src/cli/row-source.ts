import { type Command, Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../files/file-format.ts";
import type { ImportRowsOptions, RowFormat } from "../files/index.ts";
import type { Connection } from "../index.ts";
import { rowOfAssignments } from "./assignments.ts";
import { UsageError } from "./failure.ts";
import { importFile } from "./import-file.ts";
import { EXACT_FORMS, withDatabase } from "./open-database.ts";
import { formatOption, showRow } from "./output/show-rows.ts";
import { tableColumns } from "./output/shown-column.ts";
import { type GlobalOptions, TABLE_HELP } from "./subcommand.ts";

/** The options of a subcommand that stores one row or the rows of a file. */
export type RowSourceOptions = {
  readonly from?: string | undefined;
  readonly input?: FileFormat | undefined;
  readonly format?: RowFormat | undefined;
};

/** Adds the arguments and options for a table and a row or a file of rows. */
export function addRowSource(
  command: Command<[], Record<never, never>, GlobalOptions>,
): Command<[string, string[]], RowSourceOptions, GlobalOptions> {
  return command
    .argument("<table>", TABLE_HELP)
    .argument("[assignments...]", "column=value or column:=json; column:=null stores NULL")
    .option("--from <file>", "csv, tsv, json or ndjson file of rows; - for standard input")
    .addOption(
      new Option("--input <format>", "format of the file (default: by file extension)").choices(FILE_FORMATS),
    )
    .addOption(formatOption());
}

/** Stores one row with `one`, or the rows of a file with the options of `importRows`. */
export interface StoreRows extends Pick<ImportRowsOptions, "upsert"> {
  readonly one: (
    database: Connection,
    row: Record<string, unknown>,
  ) => Promise<Record<string, unknown> | undefined>;
}

/** Stores the row of the command line and prints it, or stores the rows of a file. */
export function storeRows(
  connection: GlobalOptions,
  table: string,
  assignments: readonly string[],
  { from, input, format }: RowSourceOptions,
  { one, upsert }: StoreRows,
): Promise<void> {
  if ((from === undefined) === (assignments.length === 0))
    throw new UsageError("a row or a file is required; write either column=value or --from file");
  if (from !== undefined)
    return importFile(
      connection,
      table,
      { path: from, format: input },
      upsert === undefined ? {} : { upsert },
    );
  return withDatabase(
    connection,
    async database => {
      const row = await one(database, rowOfAssignments(database.schema, table, assignments));
      if (row !== undefined) await showRow(row, tableColumns(database.schema, table, undefined), format);
    },
    EXACT_FORMS,
  );
}
