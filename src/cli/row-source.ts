import { type Command, Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../files/format-name.ts";
import type { ImportOptions, RowFormat } from "../files/index.ts";
import type { Connection } from "../index.ts";
import { rowOfAssignments } from "./assignments.ts";
import { UsageError } from "./failure.ts";
import { importFile } from "./import-file.ts";
import { EXACT_TIMES, withDatabase } from "./open-database.ts";
import { formatOption, showRow } from "./output/show-rows.ts";
import { tableColumns } from "./output/shown-column.ts";
import type { GlobalOptions } from "./subcommand.ts";

/** Where the rows come from that a subcommand stores. */
export type RowSourceOptions = {
  readonly from?: string | undefined;
  readonly input?: FileFormat | undefined;
  readonly format?: RowFormat | undefined;
};

/** Adds a table and a row, or a file of rows, to a subcommand. */
export function addRowSource(
  command: Command<[], Record<never, never>, GlobalOptions>,
): Command<[string, string[]], RowSourceOptions, GlobalOptions> {
  return command
    .argument("<table>", "its name, with the schema where it is not on the search path")
    .argument("[assignments...]", "column=value, or column:=json; column:=null is NULL")
    .option("--from <file>", "rows of a csv, tsv, json or ndjson file instead; - is standard input")
    .addOption(
      new Option("--input <format>", "the file's, by default what its name ends with").choices(FILE_FORMATS),
    )
    .addOption(formatOption());
}

/** How one row is stored, and how a file's rows are. */
export interface StoreRows extends Pick<ImportOptions, "upsert"> {
  readonly one: (
    database: Connection,
    row: Record<string, unknown>,
  ) => Promise<Record<string, unknown> | undefined>;
}

/** Stores the row of the command line and shows it, or the rows of a file. */
export function storeRows(
  connection: GlobalOptions,
  table: string,
  assignments: readonly string[],
  { from, input, format }: RowSourceOptions,
  { one, upsert }: StoreRows,
): Promise<void> {
  if ((from === undefined) === (assignments.length === 0))
    throw new UsageError("give a row as column=value, or the rows of a file by --from");
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
    EXACT_TIMES,
  );
}
