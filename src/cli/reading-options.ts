import type { Command } from "@commander-js/extra-typings";
import type { RowsOptions, SchemaSnapshot } from "../index.ts";
import { relationOf } from "../schema/relation-of.ts";
import { columnList, orderList } from "./column-options.ts";
import { FILTER_HELP, filtersOf } from "./filters.ts";
import { type GlobalOptions, nonNegativeInteger, repeatable, TABLE_HELP } from "./subcommand.ts";

/** The options that select rows and columns. */
export type ReadingOptions = {
  readonly where?: readonly string[] | undefined;
  readonly order?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly select?: string | undefined;
};

type ReadingCommand = Command<[string], ReadingOptions, GlobalOptions>;

/** Adds the table argument and the options that select its rows and columns. */
export function addReadingOptions(command: Command<[], Record<never, never>, GlobalOptions>): ReadingCommand {
  return command
    .argument("<table>", TABLE_HELP)
    .option("--where <filter>", FILTER_HELP, repeatable)
    .option("--order <columns>", "comma-separated columns; a leading - means descending")
    .option("--limit <number>", "maximum number of rows", nonNegativeInteger)
    .option("--offset <number>", "number of rows to skip (default: 0)", nonNegativeInteger)
    .option("--select <columns>", "comma-separated columns (default: all)");
}

/** Converts the options of the command line to the options of the reading functions. */
export function rowsOptions(
  schema: SchemaSnapshot,
  table: string,
  { where, order, limit, offset, select }: ReadingOptions,
): RowsOptions<Record<string, unknown>, string> {
  return {
    ...(where && { where: filtersOf(schema, table, where) }),
    ...(order && { orderBy: orderList(relationOf(schema, table), order) }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
    ...(select && { select: columnList(select) }),
  };
}
