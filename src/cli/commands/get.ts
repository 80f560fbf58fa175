import { parseValue } from "../../files/parse-value.ts";
import { getOrThrow, pkCols, type SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import { comparisonCodec } from "../../types/resolve.ts";
import { UsageError } from "../failure.ts";
import { EXACT_TIMES, withDatabase } from "../open-database.ts";
import { formatOption, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import { examples, type Program, TABLE_HELP } from "../subcommand.ts";

/** `rowfn get`: prints the row with a primary key. */
export function get(program: Program): void {
  program
    .command("get")
    .description("print the row with a primary key; exit code 1 if it does not exist")
    .argument("<table>", TABLE_HELP)
    .argument("<key...>", "values of the primary key columns, in key order")
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples("rowfn get track 7", "rowfn get playlist_track 1 93", "rowfn get customer 3 --format json"),
    )
    .action((table, key, { format }, command) =>
      withDatabase(
        command.optsWithGlobals(),
        async ({ sql, schema }) => {
          const row = await getOrThrow(sql, schema, table, keyOf(schema, table, key));
          await showRow(row, tableColumns(schema, table, undefined), format);
        },
        EXACT_TIMES,
      ),
    );
}

function keyOf(schema: SchemaSnapshot, table: string, texts: readonly string[]): Record<string, unknown> {
  const names = pkCols(schema, table);
  if (names.length === 0) throw new UsageError(`${table} has no primary key; use \`rowfn rows --where\``);
  if (names.length !== texts.length)
    throw new UsageError(
      `the primary key of ${table} must be given as ${names.join(", ")}, received ${texts.length} ${texts.length === 1 ? "value" : "values"}`,
    );
  const relation = relationOf(schema, table);
  const values = names.map((name, index) =>
    parseValue(
      `${relation.key}.${name}`,
      comparisonCodec(schema, relation, columnOf(schema, table, name)),
      texts[index]!,
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}
