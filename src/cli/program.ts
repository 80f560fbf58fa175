import tab from "@bomb.sh/tab/commander";
import { Command, type OutputConfiguration } from "@commander-js/extra-typings";
import packageJson from "../../package.json" with { type: "json" };
import { addColumnCommand } from "./commands/add-column.ts";
import { check } from "./commands/check.ts";
import { columns } from "./commands/columns.ts";
import { createTableCommand } from "./commands/create-table.ts";
import { deleteCommand } from "./commands/delete.ts";
import { diff } from "./commands/diff.ts";
import { doctor } from "./commands/doctor.ts";
import { drop } from "./commands/drop.ts";
import { dump } from "./commands/dump.ts";
import { exportCommand } from "./commands/export.ts";
import { generate } from "./commands/generate.ts";
import { get } from "./commands/get.ts";
import { importCommand } from "./commands/import.ts";
import { insert } from "./commands/insert.ts";
import { memory } from "./commands/memory.ts";
import { migrate } from "./commands/migrate.ts";
import { query } from "./commands/query.ts";
import { rows } from "./commands/rows.ts";
import { schema } from "./commands/schema.ts";
import { tables } from "./commands/tables.ts";
import { transform } from "./commands/transform.ts";
import { truncateCommand } from "./commands/truncate.ts";
import { update } from "./commands/update.ts";
import { upsert } from "./commands/upsert.ts";
import { rejectUnused } from "./strict-options.ts";
import { type AddSubcommand, examples, type Program } from "./subcommand.ts";
import { surroundings } from "./surroundings.ts";

/** The subcommands in the order of the help. */
const SUBCOMMANDS: readonly AddSubcommand[] = [
  tables,
  columns,
  rows,
  get,
  query,
  memory,
  insert,
  upsert,
  update,
  deleteCommand,
  truncateCommand,
  importCommand,
  exportCommand,
  createTableCommand,
  addColumnCommand,
  transform,
  drop,
  schema,
  dump,
  generate,
  check,
  diff,
  migrate,
  doctor,
];

/** The width of a help text in a pipe or a file. */
const PIPE_WIDTH = 80;

/** Where the parser prints help and errors. */
const OUTPUTS: OutputConfiguration = {
  writeOut: text => void surroundings().output.stream.write(text),
  writeErr: text => void surroundings().errors.stream.write(text),
  getOutHelpWidth: () => surroundings().output.columns ?? PIPE_WIDTH,
  getErrHelpWidth: () => surroundings().errors.columns ?? PIPE_WIDTH,
  getOutHasColors: () => surroundings().output.hasColors,
  getErrHasColors: () => surroundings().errors.hasColors,
};

/** The command line of `rowfn`. */
export function rowfnProgram(): Program {
  const program: Program = new Command("rowfn")
    .description("Inspect a PostgreSQL database, import and export rows, generate types.")
    .version(packageJson.version, "--version")
    .helpCommand(false)
    .option("--url <url>", "database URL (default: DATABASE_URL)")
    .option("--demo", "temporary PostgreSQL server with the music store")
    .option("--migrations <directory>", "temporary PostgreSQL server with the tables of migrations")
    .option("--debug", "stack trace of an error")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Run with --help for examples.")
    .configureOutput(OUTPUTS)
    .exitOverride();
  for (const add of SUBCOMMANDS) add(program);
  rejectUnused(program as never);
  addCompletion(program);
  return program;
}

// The library adds the subcommand `complete`.
function addCompletion(program: Program): void {
  tab(program as never);
  program.commands
    .find(command => command.name() === "complete")
    ?.description("print the script that completes commands and options in a shell: bash, zsh or fish")
    .addHelpText("after", examples("rowfn complete fish | source", "source <(rowfn complete bash)"));
}
