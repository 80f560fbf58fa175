import { rowsWhere } from "../../index.ts";
import { examples } from "../examples.ts";
import { EXACT_TIMES, withDatabase } from "../open-database.ts";
import { formatOption, isShown, showRows } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { addReading, readingOf } from "../reading-options.ts";
import type { Program } from "../subcommand.ts";

/** On a terminal, unless `--limit` says otherwise. */
const SHOWN = 100;

/** `rowfn rows`: rows of a table or view. */
export function rows(program: Program): void {
  addReading(program.command("rows"))
    .description(`rows of a table or view; on a terminal the first ${SHOWN}, unless --limit says otherwise`)
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn rows track --where genre_id=1 --where 'milliseconds >= 380000' --order name,-milliseconds",
        "rowfn rows customer --where 'deleted_at is null' --select email,tier --limit 10",
        "rowfn rows album --format csv > album.csv",
      ),
    )
    .action((table, options, command) =>
      withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const reading = readingOf(schema, table, options);
          const isCut = reading.limit === undefined && isShown();
          const found = await rowsWhere(sql, schema, table, {
            ...reading,
            ...(isCut && { limit: SHOWN + 1 }),
          });
          const shown = isCut ? found.slice(0, SHOWN) : found;
          await showRows(shown, tableColumns(schema, table, reading.select), options.format);
          if (shown.length < found.length)
            process.stderr.write(`the first ${SHOWN} rows; --limit for another number\n`);
        },
        EXACT_TIMES,
      ),
    );
}
