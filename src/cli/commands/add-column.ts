import { addColumn, addColumnSql } from "../../ddl/index.ts";
import { hasColumn, type SchemaSnapshot } from "../../index.ts";
import { changeTable, DRY_RUN_HELP, defaultsOf } from "../change-table.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn add-column`: adds a column to a table. */
export function addColumnCommand(program: Program): void {
  program
    .command("add-column")
    .description("add a column to a table")
    .argument("<table>", TABLE_HELP)
    .argument("<column>", "name of the new column")
    .argument("<type>", "PostgreSQL type, such as int or 'text not null'")
    .option("--default <value>", "default, which existing rows get too; an expression begins with :=")
    .option("--references <table>", "table that the column refers to")
    .option("--if-not-exists", "no change if the column exists and has the type")
    .option("--dry-run", DRY_RUN_HELP)
    .addHelpText(
      "after",
      examples(
        "rowfn add-column genre stars 'integer not null' --default 3",
        "rowfn add-column album added timestamptz --default ':=now()'",
        "rowfn add-column album label_id bigint --references label --dry-run",
      ),
    )
    .action((table, column, type, { dryRun, default: value, references, ifNotExists }, command) => {
      const text = value?.startsWith(":=") ? `${column}:${value.slice(1)}` : `${column}=${value}`;
      const options = (schema: SchemaSnapshot): Record<string, unknown> => ({
        ...(value !== undefined && { default: defaultsOf(schema, table, [text], () => type)[column] }),
        ...(references && { references }),
        ...(ifNotExists && { ifNotExists: true }),
      });
      return changeTable(command.optsWithGlobals(), dryRun, {
        statements: schema => addColumnSql(schema, table, column, type, options(schema)),
        run: ({ sql, schema }, sent) =>
          addColumn(sql, schema, table, column, type, { ...options(schema), ...sent }),
        done: `column ${table}.${column} added`,
        unchanged: schema =>
          hasColumn(schema, table, column) ? `column ${table}.${column} is as requested` : undefined,
      });
    });
}
