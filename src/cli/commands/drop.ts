import { dropTable, dropTableSql, dropView, dropViewSql } from "../../ddl/index.ts";
import { type SchemaSnapshot, viewNames } from "../../index.ts";
import { findRelation } from "../../schema/relation-of.ts";
import { CASCADE_HELP, changeTable, DRY_RUN_HELP } from "../change-table.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn drop`: drops a table or view. */
export function drop(program: Program): void {
  program
    .command("drop")
    .description("drop a table with its rows, or a view")
    .argument("<table>", TABLE_HELP)
    .option("--if-exists", "no change if the table does not exist")
    .option("--cascade", CASCADE_HELP)
    .option("--dry-run", DRY_RUN_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn drop playlist_track",
        "rowfn drop album --cascade --dry-run",
        "rowfn drop note --if-exists",
      ),
    )
    .action((table, { dryRun, ifExists, cascade }, command) => {
      const options = { ...(ifExists && { ifExists: true }), ...(cascade && { cascade: true }) };
      return changeTable(command.optsWithGlobals(), dryRun, {
        statements: schema => (isView(schema, table) ? dropViewSql : dropTableSql)(schema, table, options),
        run: ({ sql, schema }, sent) =>
          (isView(schema, table) ? dropView : dropTable)(sql, schema, table, { ...options, ...sent }),
        done: `${table} dropped`,
        unchanged: schema =>
          findRelation(schema, table) ? undefined : `${table} does not exist, so nothing was dropped`,
      });
    });
}

function isView(schema: SchemaSnapshot, name: string): boolean {
  const key = findRelation(schema, name)?.key;
  return key !== undefined && viewNames(schema).includes(key);
}
