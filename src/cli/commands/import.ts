import { examples } from "../examples.ts";
import { fileFormatOption } from "../file-format.ts";
import { importFile } from "../import-file.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn import`: the rows of a file. */
export function importCommand(program: Program): void {
  program
    .command("import")
    .description("insert the rows of a file, all of them or none")
    .argument("<table>", "its name, with the schema where it is not on the search path")
    .argument("<file>", "csv, tsv, json or ndjson; - is standard input")
    .addOption(fileFormatOption())
    .addHelpText(
      "after",
      examples("rowfn import album album.csv", "gunzip < album.csv.gz | rowfn import album - --format csv"),
    )
    .action((table, path, { format }, command) =>
      importFile(command.optsWithGlobals(), table, { path, format }, {}),
    );
}
