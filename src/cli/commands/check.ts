import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { styleText } from "node:util";
import { fingerprint, parseSchema, RowfnError, type SchemaSnapshot, schemaDiff } from "../../index.ts";
import { examples } from "../examples.ts";
import { FAILED } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine } from "../output/write-text.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn check`: whether the database still is what a generated module says. */
export function check(program: Program): void {
  program
    .command("check")
    .description(
      "compare the database with a generated module or a stored snapshot; exit code 1 when they differ",
    )
    .argument("<file>", "the module of `rowfn generate`, or the JSON of `rowfn schema`")
    .addHelpText("after", examples("rowfn check src/database.ts", "rowfn check schema.json"))
    .action(async (file, _options, command) => {
      const stored = await storedSchema(file);
      await withDatabase(command.optsWithGlobals(), ({ schema }) => report(file, stored, schema), {
        schemas: stored.schemas,
        types: stored.jsTypes,
      });
    });
}

async function storedSchema(file: string): Promise<SchemaSnapshot> {
  if (!(await Bun.file(file).exists())) throw new RowfnError(`there is no file ${file}`);
  if (file.endsWith(".json")) return parseSchema(await Bun.file(file).text());
  const module: unknown = await import(pathToFileURL(resolve(file)).href);
  if (typeof module === "object" && module !== null && "schema" in module) return parseSchema(module.schema);
  throw new RowfnError(`${file} exports no \`schema\`: make it with \`rowfn generate --out ${file}\``);
}

async function report(file: string, stored: SchemaSnapshot, schema: SchemaSnapshot): Promise<void> {
  if (fingerprint(stored) === fingerprint(schema)) return writeLine(`${file} is what the database is`);
  process.exitCode = FAILED;
  await writeLine(
    [`${file} is not what the database is:`, ...schemaDiff(stored, schema).map(differenceText)].join("\n"),
  );
}

function differenceText(line: string): string {
  const colour = line.endsWith(": added") ? "green" : line.endsWith(": removed") ? "red" : "yellow";
  return `  ${styleText(colour, line, { stream: process.stdout })}`;
}
