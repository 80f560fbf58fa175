import { RowfnError } from "../../index.ts";
import { EXACT_FORMS, withDatabase } from "../open-database.ts";
import { formatOption, showRows } from "../output/show-rows.ts";
import { queryRows } from "../query-rows.ts";
import { examples, type Program } from "../subcommand.ts";
import { surroundings, untilInterrupted } from "../surroundings.ts";

/** `rowfn query`: runs raw SQL. */
export function query(program: Program): void {
  program
    .command("query")
    .description("run one SQL statement and print its rows")
    .argument("<sql>", "SQL statement; - for standard input")
    .argument("[parameters...]", "values of $1, $2 and so on")
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
      const statement = text === "-" ? await inputText() : text;
      await withDatabase(
        command.optsWithGlobals(),
        async database => {
          const { rows, columns } = await queryRows(database, statement, parameters);
          await showRows(rows, columns, format);
        },
        EXACT_FORMS,
      );
    });
}

// `text()` of a Blob would replace bytes that are not UTF-8.
async function inputText(): Promise<string> {
  const bytes = await untilInterrupted(surroundings().input.bytes());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RowfnError("standard input is not UTF-8", { cause: error });
  }
}
