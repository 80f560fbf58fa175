import { styleText } from "node:util";
import { fingerprint, type SchemaSnapshot, schemaDiff } from "../../index.ts";
import { FAILED } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/output-file.ts";
import { storedSnapshot } from "../stored-snapshot.ts";
import { examples, type Program } from "../subcommand.ts";

/** `rowfn check`: compares the database with a generated module. */
export function check(program: Program): void {
  program
    .command("check")
    .description(
      "compare the database with a generated module or a stored snapshot; exit code 1 if they differ",
    )
    .argument("<file>", "module of `rowfn generate` or JSON file of `rowfn schema`")
    .addHelpText("after", examples("rowfn check src/database.ts", "rowfn check schema.json"))
    .action(async (file, _options, command) => {
      const stored = await storedSnapshot(file);
      await withDatabase(command.optsWithGlobals(), ({ schema }) => report(file, stored, schema), {
        schemas: stored.schemas,
        types: stored.jsTypes,
        functions: stored.hasFunctions,
      });
    });
}

async function report(file: string, stored: SchemaSnapshot, schema: SchemaSnapshot): Promise<void> {
  if (fingerprint(stored) === fingerprint(schema)) return writeLine(`${file} matches the database`);
  process.exitCode = FAILED;
  await writeLine(
    [`${file} does not match the database:`, ...schemaDiff(stored, schema).map(differenceText)].join("\n"),
  );
}

function differenceText(line: string): string {
  const color = line.endsWith(": added") ? "green" : line.endsWith(": removed") ? "red" : "yellow";
  return `  ${styleText(color, line, { stream: process.stdout })}`;
}
