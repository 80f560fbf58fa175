import { Command } from "@commander-js/extra-typings";
import packageJson from "../../package.json" with { type: "json" };
import { check } from "./commands/check.ts";
import { columns } from "./commands/columns.ts";
import { diff } from "./commands/diff.ts";
import { doctor } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { generate } from "./commands/generate.ts";
import { get } from "./commands/get.ts";
import { importCommand } from "./commands/import.ts";
import { insert } from "./commands/insert.ts";
import { migrate } from "./commands/migrate.ts";
import { query } from "./commands/query.ts";
import { rows } from "./commands/rows.ts";
import { schema } from "./commands/schema.ts";
import { tables } from "./commands/tables.ts";
import { upsert } from "./commands/upsert.ts";
import type { AddSubcommand, Program } from "./subcommand.ts";

/** The subcommands in the order of the help. */
const SUBCOMMANDS: readonly AddSubcommand[] = [
  tables,
  columns,
  rows,
  get,
  query,
  insert,
  upsert,
  importCommand,
  exportCommand,
  schema,
  generate,
  check,
  diff,
  migrate,
  doctor,
];

/** The command line of `rowfn`. */
export function rowfnProgram(): Program {
  const program: Program = new Command("rowfn")
    .description("Inspect a PostgreSQL database, import and export rows, generate types.")
    .version(packageJson.version, "--version")
    .helpCommand(false)
    .option("--url <url>", "database URL (default: DATABASE_URL)")
    .option("--demo", "temporary PostgreSQL server with the music store")
    .option("--debug", "stack trace of an error")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Run with --help for examples.")
    .exitOverride();
  for (const add of SUBCOMMANDS) add(program);
  return program;
}
