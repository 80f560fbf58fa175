import { schemaDiff } from "../../index.ts";
import { ReportedFailure } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { storedSnapshot } from "../stored-snapshot.ts";
import { examples, PARTITIONS_HELP, type Program } from "../subcommand.ts";
import { styled, surroundings } from "../surroundings.ts";

/** `rowfn check`: compares the database with a generated module. */
export function check(program: Program): void {
  program
    .command("check")
    .description(
      "compare the database with a generated module or a stored snapshot; exit code 1 if they differ",
    )
    .argument("<file>", "module of `rowfn generate` or JSON file of `rowfn schema`")
    .option("--partitions", PARTITIONS_HELP)
    .addHelpText("after", examples("rowfn check src/database.ts", "rowfn check schema.json"))
    .action(async (file, { partitions = false }, command) => {
      const stored = await storedSnapshot(file);
      const load = { schemas: stored.schemas, functions: stored.hasFunctions };
      await withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => report(file, schemaDiff(stored, schema, { partitions })),
        load,
      );
    });
}

async function report(file: string, differences: readonly string[]): Promise<void> {
  if (differences.length === 0) return writeLine(`${file} matches the database`);
  await writeLine([`${file} does not match the database:`, ...differences.map(differenceText)].join("\n"));
  throw new ReportedFailure();
}

function differenceText(line: string): string {
  const color = line.endsWith(": added") ? "green" : line.endsWith(": removed") ? "red" : "yellow";
  return `  ${styled(surroundings().output, color, line)}`;
}
