import { Option } from "@commander-js/extra-typings";
import { schemaSql } from "../../ddl/index.ts";
import { diagram } from "../../files/index.ts";
import type { SchemaSnapshot } from "../../index.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/output-file.ts";
import { examples, FUNCTIONS_HELP, OUT_HELP, type Program, repeatable, SCHEMA_HELP } from "../subcommand.ts";

const FORMATS = ["json", "sql", "mermaid", "dot", "svg"] as const;
type SchemaFormat = (typeof FORMATS)[number];

/** `rowfn schema`: prints the snapshot, its SQL or a diagram. */
export function schema(program: Program): void {
  program
    .command("schema")
    .description("print the snapshot, the SQL that creates its tables, or a diagram of them")
    .argument("[tables...]", "tables of a diagram (default: all)")
    .option("--out <file>", OUT_HELP)
    .option("--schema <name>", SCHEMA_HELP, repeatable)
    .option("--functions", FUNCTIONS_HELP)
    .addOption(new Option("--format <format>", "output format (default: json)").choices(FORMATS))
    .addHelpText(
      "after",
      examples(
        "rowfn schema --out schema.json",
        "rowfn schema --functions --out schema.json",
        "rowfn schema --format sql > schema.sql",
        "rowfn schema album artist track --format mermaid",
        "rowfn schema --format svg --out schema.svg",
      ),
    )
    .action((tables, { out, schema: schemas, functions, format = "json" }, command) => {
      if (tables.length > 0 && (format === "json" || format === "sql"))
        throw new UsageError("tables can be chosen only for a diagram; add --format mermaid, dot or svg");
      if (functions && format !== "json")
        throw new UsageError(
          format === "sql"
            ? "--format sql has all functions; leave out --functions"
            : "--functions belongs to --format json; leave it out",
        );
      return withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeText(out, schemaText(schema, format, tables)),
        // Without the definitions of functions the SQL fails at the first trigger.
        { functions: functions === true || format === "sql", ...(schemas && { schemas }) },
      );
    });
}

function schemaText(schema: SchemaSnapshot, format: SchemaFormat, tables: readonly string[]): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(schema, null, 2)}\n`;
    case "sql":
      return schemaSql(schema);
    default:
      return diagram(schema, { format, ...(tables.length > 0 && { tables }) });
  }
}
