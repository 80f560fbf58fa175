import type { Command } from "@commander-js/extra-typings";
import type { RowsOptions, SchemaSnapshot } from "../index.ts";
import { relationOf } from "../schema/relation-of.ts";
import { columnList, orderList } from "./column-list.ts";
import { FILTER_HELP, filterOf } from "./filter-option.ts";
import { wholeNumber } from "./number-option.ts";
import { repeated } from "./repeated.ts";
import type { GlobalOptions } from "./subcommand.ts";

/** Which rows a subcommand reads. */
export type ReadingOptions = {
  readonly where?: readonly string[] | undefined;
  readonly order?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly select?: string | undefined;
};

type OfTable<Options extends ReadingOptions> = Command<[string], Options, GlobalOptions>;

/** Adds a table and which of its rows and columns to a subcommand. */
export function addReading(
  command: Command<[], Record<never, never>, GlobalOptions>,
): OfTable<ReadingOptions> {
  return command
    .argument("<table>", "its name, with the schema where it is not on the search path")
    .option("--where <filter>", FILTER_HELP, repeated)
    .option("--order <columns>", "separated by commas, '-' before a column for descending")
    .option("--limit <number>", "at most so many rows", wholeNumber)
    .option("--offset <number>", "rows to leave out first", wholeNumber)
    .option("--select <columns>", "separated by commas; all by default");
}

/** The options as the reading functions take them. */
export function readingOf(
  schema: SchemaSnapshot,
  table: string,
  { where, order, limit, offset, select }: ReadingOptions,
): RowsOptions<Record<string, unknown>, string> {
  return {
    ...(where && { where: filterOf(schema, table, where) }),
    ...(order && { orderBy: orderList(relationOf(schema, table), order) }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
    ...(select && { select: columnList(select) }),
  };
}
