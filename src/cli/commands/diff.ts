import { type MigrationStep, migrationSql, stepsText } from "../../ddl/index.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/output-file.ts";
import { storedSnapshot } from "../stored-snapshot.ts";
import { examples, OUT_HELP, PARTITIONS_HELP, type Program } from "../subcommand.ts";

/** `rowfn diff`: prints the SQL between a stored snapshot and the database. */
export function diff(program: Program): void {
  program
    .command("diff")
    .description(
      "print the SQL that migrates a stored snapshot to the database, for review; lost data is marked",
    )
    .argument("<file>", "module of `rowfn generate` or JSON file of `rowfn schema`")
    .option("--reverse", "SQL that migrates the database to the snapshot")
    .option("--partitions", PARTITIONS_HELP)
    .option("--out <file>", OUT_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn diff src/database.ts > migrations/007_label.sql",
        "rowfn diff schema.json --reverse --url postgres://localhost/staging",
      ),
    )
    .action(async (file, { reverse, partitions = false, out }, command) => {
      const stored = await storedSnapshot(file);
      const load = { schemas: stored.schemas, functions: stored.hasFunctions };
      await withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => {
          const [from, to] = reverse ? [schema, stored] : [stored, schema];
          return writeText(out, diffText(migrationSql(from, to, { partitions })));
        },
        load,
      );
    });
}

function diffText(steps: readonly MigrationStep[]): string {
  if (steps.length === 0) return "-- no differences\n";
  // For `rowfn migrate`.
  const head = steps.some(({ transaction }) => transaction === false) ? "-- rowfn: no transaction\n\n" : "";
  return head + stepsText(steps);
}
