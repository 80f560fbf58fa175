import { styleText } from "node:util";
import { type MigrationState, migrate as migrateDatabase, migrationStatus } from "../../ddl/index.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { examples, type Program } from "../subcommand.ts";

/** `rowfn migrate`: runs the migrations of a directory that have not run yet. */
export function migrate(program: Program): void {
  program
    .command("migrate")
    .description("run the SQL files of a directory that have not run yet")
    .argument("[directory]", "directory of the SQL files", "migrations")
    .option("--status", "list of all files with the time they ran; runs nothing")
    .option("--dry-run", "list of the files that would run; runs nothing")
    .option("--log-schema <name>", "PostgreSQL schema of the table rowfn_migration", "public")
    .addHelpText(
      "after",
      examples("rowfn migrate", "rowfn migrate db/migrations --dry-run", "rowfn migrate --status"),
    )
    .action((directory, { status, dryRun, logSchema }, command) => {
      if (status && dryRun) throw new UsageError("--status and --dry-run cannot be combined; choose one");
      return withDatabase(command.optsWithGlobals(), async ({ sql }) => {
        const options = { schema: logSchema };
        if (status) return writeLine(statusText(await migrationStatus(sql, directory, options)));
        const { applied, pending } = await migrateDatabase(sql, directory, {
          ...options,
          dryRun: dryRun === true,
        });
        await writeLine(dryRun ? listText("would run", pending) : listText("ran", applied));
      });
    });
}

function listText(verb: string, names: readonly string[]): string {
  return names.length === 0 ? "nothing to do" : names.map(name => `${verb} ${name}`).join("\n");
}

function statusText(states: readonly MigrationState[]): string {
  if (states.length === 0) return "no migrations";
  return states
    .map(({ name, appliedAt }) =>
      appliedAt === null
        ? `${styleText("yellow", "pending".padEnd(24), { stream: process.stdout })}  ${name}`
        : `${appliedAt.toISOString()}  ${name}`,
    )
    .join("\n");
}
