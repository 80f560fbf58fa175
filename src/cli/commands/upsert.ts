import { upsert as upsertRow } from "../../index.ts";
import { columnList } from "../column-options.ts";
import { addRowSource, storeRows } from "../row-source.ts";
import { examples, type Program } from "../subcommand.ts";

/** `rowfn upsert`: inserts rows or updates existing ones. */
export function upsert(program: Program): void {
  addRowSource(program.command("upsert"))
    .description("insert a row, or all rows of a file, and update existing rows with the same key")
    .option("--key <columns>", "comma-separated columns of a unique key (default: the primary key)")
    .addHelpText(
      "after",
      examples(
        "rowfn upsert genre genre_id=1 name=Drone",
        "rowfn upsert customer email=ann@example.com first_name=Ann last_name=Lee country=Fiji --key email",
        "rowfn upsert genre --from genre.csv",
      ),
    )
    .action((table, assignments, { key, ...source }, command) => {
      const columns = key === undefined ? undefined : columnList(key);
      return storeRows(command.optsWithGlobals(), table, assignments, source, {
        one: ({ sql, schema }, row, given) =>
          upsertRow(sql, schema, table, row, { ...given, ...(columns && { key: columns }) }),
        upsert: columns === undefined ? true : { key: columns },
      });
    });
}
