import { insert as insertRow } from "../../index.ts";
import { addRowSource, storeRows } from "../row-source.ts";
import { examples, type Program } from "../subcommand.ts";

/** `rowfn insert`: inserts a row or the rows of a file. */
export function insert(program: Program): void {
  addRowSource(program.command("insert"))
    .description("insert a row and print it as stored, or insert all rows of a file or none")
    .addHelpText(
      "after",
      examples(
        "rowfn insert genre genre_id=13 name=Polka",
        "rowfn insert track name=Intro album_id=1 media_type_id=1 milliseconds=9000 tags:='[\"live\"]'",
        "rowfn insert genre --from genre.csv",
      ),
    )
    .action((table, assignments, options, command) =>
      storeRows(command.optsWithGlobals(), table, assignments, options, {
        one: ({ sql, schema }, row, given) => insertRow(sql, schema, table, row, given),
      }),
    );
}
