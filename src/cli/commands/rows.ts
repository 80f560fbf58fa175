import { rowsWhere, streamRows } from "../../index.ts";
import { EXACT_FORMS, withDatabase } from "../open-database.ts";
import {
  defaultFormat,
  formatOption,
  isFileFormat,
  isTerminal,
  showRows,
  showRowsAsRead,
} from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { addReadingOptions, rowsOptions } from "../reading-options.ts";
import { examples, type Program } from "../subcommand.ts";
import { surroundings } from "../surroundings.ts";

/** The default limit on a terminal. */
const TERMINAL_LIMIT = 100;

/** `rowfn rows`: prints rows of a table or view. */
export function rows(program: Program): void {
  addReadingOptions(program.command("rows"))
    .description(
      `print the rows of a table or view; on a terminal the first ${TERMINAL_LIMIT} unless --limit is given`,
    )
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
          const reading = rowsOptions(schema, table, options);
          const { format = defaultFormat() } = options;
          const columns = tableColumns(schema, table, reading.select);
          const isLimited = reading.limit === undefined && isTerminal();
          if (isFileFormat(format) && !isLimited)
            return showRowsAsRead(streamRows(sql, schema, table, reading), columns, format);
          const found = await rowsWhere(sql, schema, table, {
            ...reading,
            ...(isLimited && { limit: TERMINAL_LIMIT + 1 }),
          });
          const shown = isLimited ? found.slice(0, TERMINAL_LIMIT) : found;
          await showRows(shown, columns, format);
          if (shown.length < found.length)
            surroundings().errors.stream.write(
              `only the first ${TERMINAL_LIMIT} rows are shown; add --limit to show more\n`,
            );
        },
        EXACT_FORMS,
      ),
    );
}
