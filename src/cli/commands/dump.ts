import { writeDump } from "../dump/dump-sql.ts";
import { withDatabase } from "../open-database.ts";
import { openSink } from "../output/output-file.ts";
import { examples, OUT_HELP, type Program, repeatable, SCHEMA_HELP } from "../subcommand.ts";

/** `rowfn dump`: prints the SQL that creates the tables and their rows. */
export function dump(program: Program): void {
  program
    .command("dump")
    .description("print the SQL that creates the tables with their rows in an empty database, for psql")
    .option("--out <file>", OUT_HELP)
    .option("--schema <name>", SCHEMA_HELP, repeatable)
    .addHelpText(
      "after",
      examples("rowfn dump --out backup.sql", "rowfn dump | psql postgres://localhost/copy"),
    )
    .action(({ out, schema: schemas }, command) =>
      withDatabase(
        command.optsWithGlobals(),
        async ({ sql }) => {
          const sink = openSink(out);
          try {
            await writeDump(sql, { functions: true, ...(schemas && { schemas }) }, sink.write);
            await sink.end();
          } catch (error) {
            sink.abandon();
            throw error;
          }
        },
        schemas && { schemas },
      ),
    );
}
