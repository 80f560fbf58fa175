import type { ImportRowsOptions } from "../../files/index.ts";
import { pairsOf } from "../change-table.ts";
import { columnList } from "../column-options.ts";
import { UsageError } from "../failure.ts";
import { fileFormatOption } from "../file-format.ts";
import { ALTER_HELP, fileOptions, OVERRIDING_HELP, RENAME_HELP, SKIP_HELP } from "../file-options.ts";
import { importFile } from "../import-file.ts";
import { examples, type Program, repeatable, TABLE_HELP } from "../subcommand.ts";

/** `rowfn import`: inserts the rows of a file, into a new table too. */
export function importCommand(program: Program): void {
  program
    .command("import")
    .description("insert all rows of a file or none; with --create into a new table")
    .argument("<table>", TABLE_HELP)
    .argument("<file>", "csv, tsv, json or ndjson file; - for standard input")
    .addOption(fileFormatOption())
    .option("--create", "creation of the table unless it exists, with the column types of the file")
    .option("--key <columns>", "comma-separated primary key of a new table (default: id)")
    .option("--no-key", "new table without a primary key")
    .option("--type <column=type>", "with --create: type that is not detected (repeatable)", repeatable)
    .option("--rename <name=column>", RENAME_HELP, repeatable)
    .option("--skip <name>", SKIP_HELP, repeatable)
    .option("--alter", ALTER_HELP)
    .option("--overriding", OVERRIDING_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn import album album.csv",
        "rowfn import visit visits.csv",
        "rowfn import visit visits.csv --create --key day,page",
        "rowfn import visit visits.csv --rename 'Visited Page=page' --skip Referrer",
        "gunzip < album.csv.gz | rowfn import album - --format csv",
      ),
    )
    .action((table, path, { format, create, key, type, ...choices }, command) => {
      requireCreate(create, { "--type": type, [key === false ? "--no-key" : "--key"]: key });
      const options = { ...fileOptions(choices), ...(create && { create: newTable(key, type) }) };
      return importFile(command.optsWithGlobals(), table, { path, format }, options);
    });
}

function requireCreate(create: true | undefined, options: Readonly<Record<string, unknown>>): void {
  if (create) return;
  for (const [name, value] of Object.entries(options))
    if (value !== undefined) throw new UsageError(`${name} belongs to a new table; add --create`);
}

function newTable(
  key: string | false | undefined,
  types: readonly string[] = [],
): ImportRowsOptions["create"] & {} {
  if (key === undefined && types.length === 0) return true;
  return {
    ...(key !== undefined && { primaryKey: key === false ? null : columnList(key) }),
    ...(types.length > 0 && { columns: pairsOf("--type", types) }),
  };
}
