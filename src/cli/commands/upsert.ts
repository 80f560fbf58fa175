import { upsert as upsertRow } from "../../index.ts";
import { columnList } from "../column-list.ts";
import { examples } from "../examples.ts";
import { addRowSource, storeRows } from "../row-source.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn upsert`: a row, or those of a file, which may be there already. */
export function upsert(program: Program): void {
  addRowSource(program.command("upsert"))
    .description("insert a row, or the rows of a file, or change those that have the same key")
    .option("--key <columns>", "the unique key that decides; the primary key by default")
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
        one: ({ sql, schema }, row) => upsertRow(sql, schema, table, row, columns && { key: columns }),
        upsert: columns === undefined ? true : { key: columns },
      });
    });
}
