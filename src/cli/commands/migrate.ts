import { styleText } from "node:util";
import { type MigrationState, migrate as migrateDatabase, migrationStatus } from "../../ddl/index.ts";
import { examples } from "../examples.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/write-text.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn migrate`: runs the migrations of a directory that have not run yet. */
export function migrate(program: Program): void {
  program
    .command("migrate")
    .description("run the SQL files of a directory that have not run on the database yet")
    .argument("[directory]", "where the files are", "migrations")
    .option("--status", "only tell which have run, and when")
    .option("--dry-run", "only tell which would run")
    .option("--log-schema <name>", "the PostgreSQL schema of the table rowfn_migration", "public")
    .addHelpText(
      "after",
      examples("rowfn migrate", "rowfn migrate db/migrations --dry-run", "rowfn migrate --status"),
    )
    .action((directory, { status, dryRun, logSchema }, command) => {
      if (status && dryRun) throw new UsageError("--status or --dry-run, not both");
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
