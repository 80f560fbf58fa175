import { migrationSql, stepsText } from "../../ddl/index.ts";
import type { SchemaSnapshot } from "../../index.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/output-file.ts";
import { storedSnapshot } from "../stored-snapshot.ts";
import { examples, OUT_HELP, type Program } from "../subcommand.ts";

/** `rowfn diff`: prints the SQL between a stored snapshot and the database. */
export function diff(program: Program): void {
  program
    .command("diff")
    .description("print the SQL from a stored snapshot to the database, to review; lost data is marked")
    .argument("<file>", "module of `rowfn generate` or JSON file of `rowfn schema`")
    .option("--reverse", "SQL from the database to the snapshot")
    .option("--out <file>", OUT_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn diff src/database.ts > migrations/007_label.sql",
        "rowfn diff schema.json --reverse --url postgres://localhost/staging",
      ),
    )
    .action(async (file, { reverse, out }, command) => {
      const stored = await storedSnapshot(file);
      const load = { schemas: stored.schemas, types: stored.jsTypes, functions: stored.hasFunctions };
      await withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeText(out, reverse ? diffText(schema, stored) : diffText(stored, schema)),
        load,
      );
    });
}

function diffText(from: SchemaSnapshot, to: SchemaSnapshot): string {
  const steps = migrationSql(from, to);
  if (steps.length === 0) return "-- no differences\n";
  // For `rowfn migrate`.
  const head = steps.some(({ transaction }) => transaction === false) ? "-- rowfn: no transaction\n\n" : "";
  return head + stepsText(steps);
}
