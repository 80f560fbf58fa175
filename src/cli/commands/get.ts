import { textValue } from "../../files/text-value.ts";
import { getOrThrow, pkCols, type SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import { comparisonCodec } from "../../types/resolve.ts";
import { examples } from "../examples.ts";
import { UsageError } from "../failure.ts";
import { EXACT_TIMES, withDatabase } from "../open-database.ts";
import { formatOption, showRow } from "../output/show-rows.ts";
import { tableColumns } from "../output/shown-column.ts";
import type { Program } from "../subcommand.ts";

/** `rowfn get`: the row of a primary key. */
export function get(program: Program): void {
  program
    .command("get")
    .description("the row that a primary key belongs to; exit code 1 when there is none")
    .argument("<table>", "its name, with the schema where it is not on the search path")
    .argument("<key...>", "the values of the key's columns, in key order")
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
  if (names.length !== texts.length)
    throw new UsageError(
      `the key of ${table} is ${names.join(", ") || "missing"}: ${texts.length} ${texts.length === 1 ? "value" : "values"} given`,
    );
  const relation = relationOf(schema, table);
  const values = names.map((name, index) =>
    textValue(
      `${relation.key}.${name}`,
      comparisonCodec(schema, relation, columnOf(schema, table, name)),
      texts[index]!,
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}
