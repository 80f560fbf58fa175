import { expr, q } from "../../index.ts";
import { examples } from "../examples.ts";
import { EXACT_TIMES, withDatabase } from "../open-database.ts";
import { formatOption, showRows } from "../output/show-rows.ts";
import { plainColumns } from "../output/shown-column.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn query`: raw SQL. */
export function query(program: Program): void {
  program
    .command("query")
    .description("the rows of one SQL statement")
    .argument("<sql>", "the statement, or - for standard input")
    .argument("[parameters...]", "the values of $1, $2 ...")
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn query 'select tier, count(*) as customers from customer group by tier'",
        "rowfn query 'select name from track where milliseconds > $1' 380000 --format json",
        "rowfn query - < report.sql",
      ),
    )
    .action(async (text, parameters, { format }, command) => {
      const statement = text === "-" ? await Bun.stdin.text() : text;
      await withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const rows = await q(sql, schema, expr(withoutSemicolon(statement), parameters));
          await showRows(rows, plainColumns(Object.keys(rows[0] ?? {}), rows), format);
        },
        EXACT_TIMES,
      );
    });
}

// One is what people end a statement with.
function withoutSemicolon(text: string): string {
  return text.replace(/;\s*$/, "");
}
