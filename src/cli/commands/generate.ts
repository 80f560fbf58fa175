import { basename } from "node:path";
import { type GenerateModuleOptions, generateModule, snapshotJson } from "../../files/index.ts";
import type { JsTypes, SchemaSnapshot } from "../../index.ts";
import { chooseJsTypes } from "../../schema/js-types.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeLine, writeText } from "../output/output-file.ts";
import { examples, FUNCTIONS_HELP, type Program, repeatable, SCHEMA_HELP } from "../subcommand.ts";

/** `rowfn generate`: writes the module with the types of the tables. */
export function generate(program: Program): void {
  program
    .command("generate")
    .description("generate a TypeScript module with the types of all tables and the snapshot")
    .option(
      "--out <file>",
      "path of the module; the snapshot is written to a .json file beside it (default: one module on standard output)",
    )
    .option("--functions", FUNCTIONS_HELP)
    .option("--partitions", "also generate the types of partitions")
    .option("--schema <name>", SCHEMA_HELP, repeatable)
    .option("--types <choice>", "JavaScript form as type=form or table.column=form (repeatable)", repeatable)
    .option(
      "--json <type>",
      "type of a json column as table.column=Type or table.column=Type@module (repeatable)",
      repeatable,
    )
    .addHelpText(
      "after",
      examples(
        "rowfn generate --out src/database.ts",
        "rowfn --migrations migrations generate --out src/database.ts",
        "rowfn generate --schema public --types int8=bigint --types timestamptz=string",
        "rowfn generate --json customer.settings=Settings@./settings.ts",
      ),
    )
    .action((options, command) => {
      const { out, partitions = false, functions = false, schema: schemas, types = [], json = [] } = options;
      if (out !== undefined && !/[^/]\.[cm]?ts$/.test(out))
        throw new UsageError(`--out must be the path of a .ts file, received ${out}`);
      const columnTypes = jsonTypes(json);
      const load = { functions, ...(schemas && { schemas }), types: jsTypes(types) };
      return withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeModule(out, schema, { types: columnTypes, partitions }),
        load,
      );
    });
}

// With --out the snapshot is written to a JSON file next to the module.
async function writeModule(
  out: string | undefined,
  schema: SchemaSnapshot,
  options: GenerateModuleOptions,
): Promise<void> {
  if (out === undefined) return writeText(out, generateModule(schema, options));
  const json = out.replace(/\.[cm]?ts$/, ".json");
  const { partitions = false } = options;
  // Before anything is written, because the module and its snapshot belong together.
  const module = generateModule(schema, { ...options, snapshot: `./${basename(json)}` });
  await writeText(json, snapshotJson(schema, { partitions }));
  await writeText(out, module);
  await writeLine(`wrote ${out} and ${json}`);
}

type ColumnTypes = NonNullable<GenerateModuleOptions["types"]>;

// `connect` rejects forms of columns that do not exist.
function jsTypes(choices: readonly string[]): Partial<JsTypes> {
  const pairs = pairsOf("--types", choices);
  const columns = pairs.filter(([name]) => name.includes("."));
  const types = Object.fromEntries(pairs.filter(([name]) => !name.includes("."))) as Partial<JsTypes>;
  requireForms(types);
  return { ...types, columns: Object.fromEntries(columns) } as Partial<JsTypes>;
}

function requireForms(types: Partial<JsTypes>): void {
  try {
    chooseJsTypes(types);
  } catch (error) {
    throw new UsageError(`--${(error as Error).message}`, { cause: error });
  }
}

function jsonTypes(choices: readonly string[]): ColumnTypes {
  const pairs = pairsOf("--json", choices).map(([column, text]) => {
    const at = text.indexOf("@");
    if (at === 0 || at === text.length - 1 || !column.includes("."))
      throw new UsageError(
        `--json must be table.column=Type or table.column=Type@module, received ${JSON.stringify(`${column}=${text}`)}`,
      );
    return [column, at === -1 ? text : { type: text.slice(0, at), from: text.slice(at + 1) }] as const;
  });
  return Object.fromEntries(pairs);
}

function pairsOf(option: string, choices: readonly string[]): readonly (readonly [string, string])[] {
  const pairs = choices.map(choice => pair(option, choice));
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${option} ${twice} is given twice; remove one`);
  return pairs;
}

function pair(option: string, choice: string): readonly [string, string] {
  const equals = choice.indexOf("=");
  if (equals < 1 || equals === choice.length - 1)
    throw new UsageError(`${option} must be name=value, received ${JSON.stringify(choice)}`);
  return [choice.slice(0, equals), choice.slice(equals + 1)];
}
