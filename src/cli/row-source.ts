import { type Command, Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../files/file-format.ts";
import type { ImportRowsOptions, RowFormat } from "../files/index.ts";
import type { Connection } from "../index.ts";
import { rowOfAssignments } from "./assignments.ts";
import { UsageError } from "./failure.ts";
import {
  ALTER_HELP,
  type FileChoices,
  fileOptions,
  OVERRIDING_HELP,
  RENAME_HELP,
  SKIP_HELP,
} from "./file-options.ts";
import { importFile } from "./import-file.ts";
import { EXACT_FORMS, withDatabase } from "./open-database.ts";
import { formatOption, requireNoFormat, showRow } from "./output/show-rows.ts";
import { tableColumns } from "./output/shown-column.ts";
import { type GlobalOptions, repeatable, TABLE_HELP } from "./subcommand.ts";

/** The options of a subcommand that stores one row or the rows of a file. */
export type RowSourceOptions = FileChoices & {
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
    .option("--rename <name=column>", `with --from: ${RENAME_HELP}`, repeatable)
    .option("--skip <name>", `with --from: ${SKIP_HELP}`, repeatable)
    .option("--alter", `with --from: ${ALTER_HELP}`)
    .option("--overriding", OVERRIDING_HELP)
    .addOption(formatOption());
}

/** Stores one row with `one`, or the rows of a file with the options of `importRows`. */
export interface StoreRows extends Pick<ImportRowsOptions, "upsert"> {
  readonly one: (
    database: Connection,
    row: Record<string, unknown>,
    options: { readonly overriding?: true },
  ) => Promise<Record<string, unknown> | undefined>;
}

/** Stores the row of the command line and prints it, or stores the rows of a file. */
export function storeRows(
  connection: GlobalOptions,
  table: string,
  assignments: readonly string[],
  { from, input, format, ...choices }: RowSourceOptions,
  { one, upsert }: StoreRows,
): Promise<void> {
  if ((from === undefined) === (assignments.length === 0))
    throw new UsageError("a row or a file is required; write either column=value or --from file");
  if (from !== undefined) {
    requireNoFormat(format);
    return importFile(
      connection,
      table,
      { path: from, format: input },
      { ...fileOptions(choices), ...(upsert !== undefined && { upsert }) },
    );
  }
  requireFile({ ...choices, input });
  const { overriding } = choices;
  return withDatabase(
    connection,
    async database => {
      const row = await one(database, rowOfAssignments(database.schema, table, assignments), {
        ...(overriding && { overriding }),
      });
      if (row !== undefined) await showRow(row, tableColumns(database.schema, table, undefined), format);
    },
    EXACT_FORMS,
  );
}

function requireFile({ input, rename, skip, alter }: RowSourceOptions): void {
  for (const [name, value] of Object.entries({ input, rename, skip, alter }))
    if (value !== undefined) throw new UsageError(`--${name} belongs to a file; add --from file`);
}
