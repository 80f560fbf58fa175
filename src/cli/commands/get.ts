import { getOrThrow } from "../../index.ts";
import { KEY_HELP, keyOf } from "../key-argument.ts";
import { EXACT_FORMS, withDatabase } from "../open-database.ts";
import { formatOption, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn get`: prints the row with a primary key. */
export function get(program: Program): void {
  program
    .command("get")
    .description("print the row with a primary key; exit code 1 if it does not exist")
    .argument("<table>", TABLE_HELP)
    .argument("<key...>", KEY_HELP)
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples("rowfn get track 7", "rowfn get playlist_track 1 93", "rowfn get customer 3 --format json"),
    )
    .action((table, key, { format }, command) =>
      withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const row = await getOrThrow(
            sql,
            schema,
            table,
            keyOf(schema, table, key, `use rowfn rows ${table} --where`),
          );
          await showRow(row, tableColumns(schema, table, undefined), format);
        },
        EXACT_FORMS,
      ),
    );
}
