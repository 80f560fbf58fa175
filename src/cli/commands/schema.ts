import { Option } from "@commander-js/extra-typings";
import { schemaSql } from "../../ddl/index.ts";
import { diagram } from "../../files/index.ts";
import type { SchemaSnapshot } from "../../index.ts";
import { examples } from "../examples.ts";
import { UsageError } from "../failure.ts";
import { withDatabase } from "../open-database.ts";
import { writeText } from "../output/write-text.ts";
import { repeated } from "../repeated.ts";
import type { Program } from "../subcommand.ts";

const FORMATS = ["json", "sql", "mermaid", "dot", "svg"] as const;
type SchemaFormat = (typeof FORMATS)[number];

/** `rowfn schema`: the snapshot, the SQL that makes it, or a picture of it. */
export function schema(program: Program): void {
  program
    .command("schema")
    .description("the schema of the database: the snapshot, SQL that makes it, or a diagram of its tables")
    .argument("[tables...]", "of a diagram; all tables by default")
    .option("--out <file>", "where to; standard output by default")
    .option("--schema <name>", "only this PostgreSQL schema; may be repeated", repeated)
    .addOption(new Option("--format <format>", "json by default").choices(FORMATS))
    .addHelpText(
      "after",
      examples(
        "rowfn schema --out schema.json",
        "rowfn schema --format sql > schema.sql",
        "rowfn schema album artist track --format mermaid",
        "rowfn schema --format svg --out schema.svg",
      ),
    )
    .action((tables, { out, schema: schemas, format = "json" }, command) => {
      if (tables.length > 0 && (format === "json" || format === "sql"))
        throw new UsageError("tables can be chosen for a diagram: --format mermaid, dot or svg");
      return withDatabase(
        command.optsWithGlobals(),
        ({ schema }) => writeText(out, schemaText(schema, format, tables)),
        schemas && { schemas },
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
