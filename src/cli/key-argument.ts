import { parseValue } from "../files/parse-value.ts";
import { pkCols, type Relation, type SchemaSnapshot } from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { comparisonCodec } from "../types/resolve.ts";
import { isAssigned, isAssignment } from "./assignments.ts";
import { findColumnArgument } from "./column-options.ts";
import { UsageError } from "./failure.ts";

/** The help of the argument for a key. */
export const KEY_HELP = "values of the primary key columns, in key order, or column=value for each";

/**
 * Returns the key of the values of the primary key columns in key order, or of one `column=value` per column.
 * @param advice what to do without a primary key
 * @throws UsageError if the table has no primary key, or the number of values is wrong
 */
export function keyOf(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
  advice = "use --where",
): Record<string, unknown> {
  const names = requireKeyColumns(schema, table, advice);
  if (names.length !== texts.length)
    throw new UsageError(
      `the primary key of ${table} must be given as ${names.join(", ")}, received ${texts.length} ${texts.length === 1 ? "value" : "values"}`,
    );
  const relation = relationOf(schema, table);
  const given = namedValues(relation, names, texts) ?? texts;
  const values = names.map((name, index) =>
    parseValue(
      `${relation.key}.${name}`,
      comparisonCodec(schema, relation, columnOf(schema, table, name)),
      given[index]!,
    ),
  );
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/** Returns the columns of the primary key, in key order; throws UsageError if the table has none. */
export function requireKeyColumns(schema: SchemaSnapshot, table: string, advice: string): readonly string[] {
  const names = pkCols(schema, table);
  if (names.length > 0) return names;
  throw new UsageError(`${table} has no primary key; ${advice}`);
}

/** The values in key order if each text is `column=value` of another column of the key. */
function namedValues(
  relation: Relation,
  names: readonly string[],
  texts: readonly string[],
): readonly string[] | undefined {
  const found = new Map<string, string>();
  for (const text of texts) {
    const argument = findColumnArgument(relation, text, rest => rest.startsWith("="));
    if (argument !== undefined) found.set(argument.name, argument.rest.slice(1));
  }
  return names.every(name => found.has(name)) ? names.map(name => found.get(name)!) : undefined;
}

/**
 * The arguments of `update`: the values of the key, which come first, and the assignments. A value such as `a=b` belongs to the
 * key if as many arguments as the key has columns come before the first one that assigns to a column of the table.
 */
export function splitKey(
  relation: Relation,
  texts: readonly string[],
  isFiltered: boolean,
): { readonly key: readonly string[]; readonly assignments: readonly string[] } {
  const known = texts.findIndex(text => findColumnArgument(relation, text, isAssigned) !== undefined);
  const first = texts.findIndex(text => isAssignment(relation, text));
  const isKey = !isFiltered && known !== -1 && known === relation.primaryKey?.columns.length;
  const at = isKey ? known : first === -1 ? texts.length : first;
  return { key: texts.slice(0, at), assignments: texts.slice(at) };
}
