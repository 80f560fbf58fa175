import { update as updateRow, updateWhere } from "../../index.ts";
import { rowOfAssignments } from "../assignments.ts";
import { UsageError } from "../failure.ts";
import { FILTER_HELP, filtersOf } from "../filters.ts";
import { EXACT_TIMES, withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { formatOption, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { examples, type Program, repeatable, TABLE_HELP } from "../subcommand.ts";

/** `rowfn update`: updates the row with a key, or the rows that match a filter. */
export function update(program: Program): void {
  program
    .command("update")
    .description("update the row with a primary key and print it as stored, or all rows that match filters")
    .argument("<table>", TABLE_HELP)
    .argument("<assignments...>", "column=value or column:=json; without --where the key is among them")
    .option("--where <filter>", FILTER_HELP, repeatable)
    .option("--all", "all rows of the table")
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn update genre genre_id=1 name=Drone",
        "rowfn update customer tier=pro --where country=Fiji",
        "rowfn update track composer:=null --all",
      ),
    )
    .action((table, assignments, { where = [], all, format }, command) => {
      if (all && where.length > 0) throw new UsageError("--all and --where cannot be combined; choose one");
      return withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const changes = rowOfAssignments(schema, table, assignments);
          if (!all && where.length === 0) {
            const row = await updateRow(sql, schema, table, changes);
            if (row !== undefined) await showRow(row, tableColumns(schema, table, undefined), format);
            return;
          }
          const filter = all ? { all: true } : { where: filtersOf(schema, table, where) };
          const count = await updateWhere(sql, schema, table, changes, filter);
          await writeLine(`${count} ${count === 1 ? "row" : "rows"} updated in ${table}`);
        },
        EXACT_TIMES,
      );
    });
}
