import { type GenerateOptions, generateModule } from "../../files/index.ts";
import type { JsTypes } from "../../index.ts";
import { examples } from "../examples.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/write-text.ts";
import { repeated } from "../repeated.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn generate`: the module with the types of the tables. */
export function generate(program: Program): void {
  program
    .command("generate")
    .description("write a TypeScript module with the types of all tables and the snapshot")
    .option("--out <file>", "where to; standard output by default")
    .option("--schema <name>", "only this PostgreSQL schema; may be repeated", repeated)
    .option(
      "--types <choice>",
      "a JavaScript form, type=form or table.column=form; may be repeated",
      repeated,
    )
    .option(
      "--json <type>",
      "the type of a json column, table.column=Type or table.column=Type@module",
      repeated,
    )
    .addHelpText(
      "after",
      examples(
        "rowfn generate --out src/database.ts",
        "rowfn generate --schema public --types int8=bigint --types timestamptz=string",
        "rowfn generate --json customer.settings=Settings@./settings.ts",
      ),
    )
    .action((options, command) => {
      const { out, schema: schemas, types = [], json = [] } = options;
      const load = { ...(schemas && { schemas }), types: jsTypes(types) };
      return withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeText(out, generateModule(schema, { types: jsonTypes(json) })),
        load,
      );
    });
}

// Which forms there are is checked where the schema is read.
function jsTypes(choices: readonly string[]): Partial<JsTypes> {
  const pairs = choices.map(choice => pair("--types", choice));
  const columns = pairs.filter(([name]) => name.includes("."));
  const types = pairs.filter(([name]) => !name.includes("."));
  return { ...Object.fromEntries(types), columns: Object.fromEntries(columns) } as Partial<JsTypes>;
}

function jsonTypes(choices: readonly string[]): NonNullable<GenerateOptions["types"]> {
  const pairs = choices.map(choice => {
    const [column, text] = pair("--json", choice);
    const at = text.indexOf("@");
    return [column, at === -1 ? text : { type: text.slice(0, at), from: text.slice(at + 1) }] as const;
  });
  return Object.fromEntries(pairs);
}

function pair(option: string, choice: string): readonly [string, string] {
  const equals = choice.indexOf("=");
  if (equals < 1 || equals === choice.length - 1)
    throw new UsageError(`${option} is name=value, received ${JSON.stringify(choice)}`);
  return [choice.slice(0, equals), choice.slice(equals + 1)];
}
