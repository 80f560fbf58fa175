import type { Command } from "@commander-js/extra-typings";
import {
  type MigrationState,
  migrate as migrateDatabase,
  migrateDown,
  migrationStatus,
  newMigration,
} from "../../ddl/index.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { DATABASE_FLAGS, requireUnused } from "../strict-options.ts";
import { examples, type GlobalOptions, type Program, positiveInteger } from "../subcommand.ts";
import { styled, surroundings } from "../surroundings.ts";

/** `rowfn migrate`: runs the migrations of a directory that have not run yet; `down` reverts them, `new` creates a file. */
export function migrate(program: Program): void {
  const command = program
    .command("migrate")
    .description("run the SQL files of a directory that have not run yet")
    .argument("[directory]", "directory of the SQL files", "migrations")
    .option("--status", "list of all files with the time they ran; runs nothing")
    .option("--dry-run", "list of the files that would run; runs nothing")
    .option("--log-schema <name>", "PostgreSQL schema of the table rowfn_migration", "public")
    .addHelpText(
      "after",
      examples(
        "rowfn migrate",
        "rowfn migrate db/migrations --dry-run",
        "rowfn migrate --status",
        "rowfn migrate new add_label",
        "rowfn migrate down --steps 2",
      ),
    )
    .action((directory, { status, dryRun, logSchema }, command) => {
      if (status && dryRun) throw new UsageError("--status and --dry-run cannot be combined; choose one");
      return withDatabase(command.optsWithGlobals(), async ({ sql }) => {
        const options = { schema: logSchema };
        if (status) return writeLine(statusText(await migrationStatus(sql, directory, options)));
        if (dryRun) {
          const { pending } = await migrateDatabase(sql, directory, { ...options, dryRun });
          return writeLine(listText("would run", pending));
        }
        await printRun("ran", async onMigration => {
          return (await migrateDatabase(sql, directory, { ...options, onMigration })).applied;
        });
      });
    });
  addDown(command);
  addNew(command);
}

type MigrateCommand = Command<
  [string],
  { readonly status?: true | undefined; readonly dryRun?: true | undefined; readonly logSchema: string },
  GlobalOptions
>;

function addDown(parent: MigrateCommand): void {
  parent
    .command("down")
    .description('revert the last files by their section "-- rowfn: down"')
    .argument("[directory]", "directory of the SQL files", "migrations")
    .option("--steps <number>", "number of files to revert (default: 1)", positiveInteger)
    .addHelpText(
      "after",
      examples("rowfn migrate down", "rowfn migrate down db/migrations --steps 2 --dry-run"),
    )
    .action((directory, { steps }, command) => {
      const { status, dryRun, logSchema, ...global } = command.optsWithGlobals();
      if (status) throw new UsageError("--status and down cannot be combined; choose one");
      const options = { schema: logSchema, ...(steps !== undefined && { steps }) };
      return withDatabase(global, async ({ sql }) => {
        if (dryRun)
          return writeLine(
            listText("would revert", await migrateDown(sql, directory, { ...options, dryRun })),
          );
        await printRun("reverted", onMigration => migrateDown(sql, directory, { ...options, onMigration }));
      });
    });
}

function addNew(parent: MigrateCommand): void {
  parent
    .command("new")
    .description("create an empty migration file that sorts after the existing ones")
    .argument("<name>", "what the migration does, such as add_label")
    .argument("[directory]", "directory of the SQL files", "migrations")
    .addHelpText(
      "after",
      examples("rowfn migrate new add_label", "rowfn migrate new add_label db/migrations"),
    )
    .action((name, directory, _, command) => {
      requireUnused(command as never, [...DATABASE_FLAGS, "--status", "--dry-run", "--log-schema"]);
      return writeLine(`created ${newMigration(directory, name)}`);
    });
}

/** Prints the names of the migrations that ran, also of those before one that fails, which are committed. */
async function printRun(
  verb: string,
  run: (onMigration: (name: string) => void) => Promise<readonly string[]>,
): Promise<void> {
  const begun: string[] = [];
  const names = await run(name => void begun.push(name)).catch(async error => {
    if (begun.length > 1) await writeLine(listText(verb, begun.slice(0, -1)));
    throw error;
  });
  await writeLine(listText(verb, names));
}

function listText(verb: string, names: readonly string[]): string {
  return names.length === 0 ? "nothing to do" : names.map(name => `${verb} ${name}`).join("\n");
}

function statusText(states: readonly MigrationState[]): string {
  if (states.length === 0) return "no migrations";
  return states
    .map(({ name, appliedAt }) =>
      appliedAt === null
        ? `${styled(surroundings().output, "yellow", "pending".padEnd(24))}  ${name}`
        : `${appliedAt.toISOString()}  ${name}`,
    )
    .join("\n");
}
