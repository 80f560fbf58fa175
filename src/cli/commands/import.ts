import { columnList } from "../column-options.ts";
import { UsageError } from "../failure.ts";
import { fileFormatOption } from "../file-format.ts";
import { type FileTableChoice, importFile } from "../import-file.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

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
    .option("--alter", "new columns for fields of the file that the table lacks")
    .option("--overriding", "values of GENERATED ALWAYS identity columns, such as those of an export")
    .addHelpText(
      "after",
      examples(
        "rowfn import album album.csv",
        "rowfn import visit visits.csv",
        "rowfn import visit visits.csv --create --key day,page",
        "gunzip < album.csv.gz | rowfn import album - --format csv",
      ),
    )
    .action((table, path, { format, create, key, alter, overriding }, command) => {
      if (create === undefined && key !== undefined)
        throw new UsageError(`${key === false ? "--no-key" : "--key"} belongs to a new table; add --create`);
      return importFile(
        command.optsWithGlobals(),
        table,
        { path, format },
        {
          ...newTable(create, key, alter),
          ...(overriding && { overriding }),
        },
      );
    });
}

function newTable(
  create: true | undefined,
  key: string | false | undefined,
  alter: true | undefined,
): FileTableChoice {
  const primaryKey = key === false ? null : key && columnList(key);
  return {
    ...(create && { create: primaryKey === undefined ? true : { primaryKey } }),
    ...(alter && { alter }),
  };
}
