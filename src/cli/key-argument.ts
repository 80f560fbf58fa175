import { parseValue } from "../files/parse-value.ts";
import { pkCols, type SchemaSnapshot } from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { comparisonCodec } from "../types/resolve.ts";
import { UsageError } from "./failure.ts";

/**
 * Returns the key of the values of the primary key columns, in key order.
 * @throws UsageError if the table has no primary key, or the number of values is wrong
 */
export function keyOf(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
): Record<string, unknown> {
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
