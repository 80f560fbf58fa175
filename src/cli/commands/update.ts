import { type SchemaSnapshot, update as updateRow, updateWhere } from "../../index.ts";
import { relationOf } from "../../schema/relation-of.ts";
import { rowOfAssignments } from "../assignments.ts";
import { UsageError } from "../failure.ts";
import { FILTER_HELP, filtersOf } from "../filters.ts";
import { keyOf, requireKeyColumns, splitKey } from "../key-argument.ts";
import { EXACT_FORMS, withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { formatOption, requireNoFormat, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { examples, type Program, repeatable, TABLE_HELP } from "../subcommand.ts";

const ASSIGNMENTS_HELP =
  "column=value or column:=json; without --where and --all after the values of the primary key, or with the key among them";

/** `rowfn update`: updates the row with a key, or the rows that match a filter. */
export function update(program: Program): void {
  program
    .command("update")
    .description("update the row with a primary key and print it as stored, or all rows that match filters")
    .argument("<table>", TABLE_HELP)
    .argument("<assignments...>", ASSIGNMENTS_HELP)
    .option("--where <filter>", FILTER_HELP, repeatable)
    .option("--all", "all rows of the table")
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn update genre 1 name=Drone",
        "rowfn update playlist_track playlist_id=1 track_id=93 position=7",
        "rowfn update customer tier=pro --where country=Fiji",
        "rowfn update track composer:=null --all",
      ),
    )
    .action((table, assignments, { where = [], all, format }, command) => {
      if (all && where.length > 0) throw new UsageError("--all and --where cannot be combined; choose one");
      const isFiltered = all === true || where.length > 0;
      if (isFiltered) requireNoFormat(format);
      return withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const changes = changesOf(schema, table, assignments, isFiltered);
          if (!isFiltered) {
            const row = await updateRow(sql, schema, table, changes);
            if (row !== undefined) await showRow(row, tableColumns(schema, table, undefined), format);
            return;
          }
          const filter = all ? { all: true } : { where: filtersOf(schema, table, where) };
          const count = await updateWhere(sql, schema, table, changes, filter);
          await writeLine(`${count} ${count === 1 ? "row" : "rows"} updated in ${table}`);
        },
        EXACT_FORMS,
      );
    });
}

/** The changes, and without a filter the key of the row. */
function changesOf(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
  isFiltered: boolean,
): Record<string, unknown> {
  const { key, assignments } = splitKey(relationOf(schema, table), texts, isFiltered);
  if (isFiltered && key.length > 0)
    throw new UsageError(`a key and --where or --all cannot be combined, received the key ${key.join(", ")}`);
  if (assignments.length === 0) throw new UsageError("an assignment such as column=value is required");
  const changes = rowOfAssignments(schema, table, assignments);
  if (isFiltered) return changes;
  const names = requireKeyColumns(schema, table, "use --where");
  const assigned = names.filter(name => Object.hasOwn(changes, name));
  if (key.length === 0 && assigned.length === 0)
    throw new UsageError("either a key, --where or --all is required");
  if (key.length === 0) return changes;
  if (assigned.length > 0)
    throw new UsageError(`${table}.${assigned[0]} is both in the key and among the assignments; remove one`);
  return { ...keyOf(schema, table, key), ...changes };
}
