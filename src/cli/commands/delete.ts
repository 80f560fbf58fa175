import { deleteRow, deleteWhere } from "../../index.ts";
import { UsageError } from "../failure.ts";
import { FILTER_HELP, filtersOf } from "../filters.ts";
import { KEY_HELP, keyOf } from "../key-argument.ts";
import { EXACT_FORMS, withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { formatOption, requireNoFormat, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { examples, type Program, repeatable, TABLE_HELP } from "../subcommand.ts";

/** `rowfn delete`: deletes the row with a key, or the rows that match a filter. */
export function deleteCommand(program: Program): void {
  program
    .command("delete")
    .description("delete the row with a primary key and print it, or all rows that match filters")
    .argument("<table>", TABLE_HELP)
    .argument("[key...]", KEY_HELP)
    .option("--where <filter>", FILTER_HELP, repeatable)
    .option("--all", "all rows of the table")
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples("rowfn delete playlist_track 1 93", "rowfn delete customer --where country=Fiji"),
    )
    .action((table, key, { where = [], all, format }, command) => {
      const choices = [key.length > 0, where.length > 0, all === true].filter(Boolean).length;
      if (choices !== 1) throw new UsageError("either a key, --where or --all is required");
      if (key.length === 0) requireNoFormat(format);
      return withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          if (key.length > 0) {
            const row = await deleteRow(sql, schema, table, keyOf(schema, table, key));
            if (row !== undefined) await showRow(row, tableColumns(schema, table, undefined), format);
            return;
          }
          const filter = all ? { all: true } : { where: filtersOf(schema, table, where) };
          const count = await deleteWhere(sql, schema, table, filter);
          await writeLine(`${count} ${count === 1 ? "row" : "rows"} deleted from ${table}`);
        },
        EXACT_FORMS,
      );
    });
}
