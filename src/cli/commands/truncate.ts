import { truncate } from "../../index.ts";
import { truncateSql } from "../../statements/index.ts";
import { changeTable, DRY_RUN_HELP } from "../change-table.ts";
import { examples, type Program } from "../subcommand.ts";

/** `rowfn truncate`: deletes all rows of tables. */
export function truncateCommand(program: Program): void {
  program
    .command("truncate")
    .description("delete all rows of tables at once")
    .argument("<tables...>", "names of the tables")
    .option("--restart-identity", "restart of the sequences of the tables")
    .option("--cascade", "also the tables that refer to these")
    .option("--dry-run", DRY_RUN_HELP)
    .addHelpText(
      "after",
      examples("rowfn truncate playlist_track", "rowfn truncate playlist playlist_track --restart-identity"),
    )
    .action((tables, { dryRun, restartIdentity, cascade }, command) => {
      const options = {
        ...(restartIdentity && { restartIdentity: true }),
        ...(cascade && { cascade: true }),
      };
      return changeTable(command.optsWithGlobals(), dryRun, {
        statements: schema => [truncateSql(schema, tables, options).text],
        run: ({ sql, schema }, sent) => truncate(sql, schema, tables, { ...options, ...sent }),
        done: `${tables.join(", ")} truncated`,
      });
    });
}
