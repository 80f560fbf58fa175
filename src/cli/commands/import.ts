import { fileFormatOption } from "../file-format.ts";
import { importFile } from "../import-file.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn import`: inserts the rows of a file. */
export function importCommand(program: Program): void {
  program
    .command("import")
    .description("insert all rows of a file or none")
    .argument("<table>", TABLE_HELP)
    .argument("<file>", "csv, tsv, json or ndjson file; - for standard input")
    .addOption(fileFormatOption())
    .addHelpText(
      "after",
      examples("rowfn import album album.csv", "gunzip < album.csv.gz | rowfn import album - --format csv"),
    )
    .action((table, path, { format }, command) =>
      importFile(command.optsWithGlobals(), table, { path, format }, {}),
    );
}
