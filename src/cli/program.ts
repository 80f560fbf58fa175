import { Command } from "@commander-js/extra-typings";
import packageJson from "../../package.json" with { type: "json" };
import { check } from "./commands/check.ts";
import { columns } from "./commands/columns.ts";
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

/** In the order of the help. */
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
  migrate,
  doctor,
];

/** The command line of `rowfn`. */
export function rowfnProgram(): Program {
  const program: Program = new Command("rowfn")
    .description("Look into a PostgreSQL database, move rows in and out, generate types.")
    .version(packageJson.version, "--version")
    .helpCommand(false)
    .option("--url <url>", "the database; by default DATABASE_URL")
    .option("--demo", "a PostgreSQL of its own with the sample database, gone afterwards")
    .option("--debug", "show where an error comes from")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("`--help` shows examples.")
    .exitOverride();
  for (const add of SUBCOMMANDS) add(program);
  return program;
}
