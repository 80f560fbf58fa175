import { examples } from "../examples.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/write-text.ts";
import type { Program } from "../program.ts";
import { repeated } from "../repeated.ts";

/** `rowfn schema`: the snapshot. */
export function schema(program: Program): void {
  program
    .command("schema")
    .description("the schema of the database")
    .option("--out <file>", "where to; standard output by default")
    .option("--schema <name>", "only this PostgreSQL schema; may be repeated", repeated)
    .addHelpText("after", examples("rowfn schema --out schema.json"))
    .action(({ out, schema: schemas }, command) =>
      withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeText(out, `${JSON.stringify(schema, null, 2)}\n`),
        schemas && { schemas },
      ),
    );
}
