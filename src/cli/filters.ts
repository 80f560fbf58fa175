import { parseValue } from "../files/parse-value.ts";
import { and, isNull, notNull, type Relation, type SchemaSnapshot, type Where } from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import {
  COLUMN_OPERATOR_NAMES,
  type ColumnOperatorName,
  columnOperator,
} from "../statements/column-operators.ts";
import { operator } from "../statements/filter.ts";
import { comparisonCodec } from "../types/resolve.ts";
import { type ColumnArgument, findColumnArgument } from "./column-options.ts";
import { UsageError } from "./failure.ts";

/** The operators of `--where`, by PostgreSQL's own spelling. */
const OPERATORS: ReadonlyMap<string, ColumnOperatorName> = new Map(
  COLUMN_OPERATOR_NAMES.flatMap(name =>
    (columnOperator(name).signs ?? []).map(sign => [sign, name] as const),
  ),
);
const SIGNS: readonly string[] = [...OPERATORS.keys()];
const NULL_TEST = /^is\s+(not\s+)?null$/i;

/** The help of `--where`. */
export const FILTER_HELP: string = `filter such as 'column=value', with one of ${SIGNS.join(" ")}, or 'column is null' (repeatable)`;

/**
 * Returns the condition that all filters hold: `genre_id=1`, `milliseconds >= 300000`, `composer is null`.
 * @throws UsageError if a text is not a filter
 */
export function filtersOf(schema: SchemaSnapshot, table: string, texts: readonly string[]): Where {
  const relation = relationOf(schema, table);
  const filters = texts.map(text => filterOf(schema, relation, text));
  return filters.length === 1 ? filters[0]! : and(...filters);
}

function filterOf(schema: SchemaSnapshot, relation: Relation, text: string): Where {
  const argument = columnArgument(relation, text);
  const rest = argument.rest.trimStart();
  const column = columnOf(schema, relation.key, argument.name);
  if (NULL_TEST.test(rest)) return { [column.name]: /not/i.test(rest) ? notNull() : isNull() };
  const sign = findOperator(rest);
  if (sign === undefined) throw filterError(text);
  const operand = operandOf(text, rest.slice(sign.length).trimStart());
  const name = OPERATORS.get(sign)!;
  const kind = columnOperator(name).operand;
  const codec = comparisonCodec(schema, relation, column);
  const isString = kind === "string" || kind === "key";
  const value = isString ? operand : parseValue(`${relation.key}.${column.name}`, codec, operand);
  return { [column.name]: operator(name, [value]) };
}

// A value needs no quotes. Those that SQL requires would be part of the value, so that `name <> 'Rock'` matched Rock.
function operandOf(filter: string, value: string): string {
  const quoted = /^'((?:[^']|'')*)'\s*$/.exec(value)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  const problem = /^null\s*$/i.test(value)
    ? "no value is equal or unequal to NULL; write 'column is null' or 'column is not null'"
    : /^[=<>']/.test(value)
      ? `the value begins with ${value[0]}`
      : undefined;
  if (problem === undefined) return value;
  throw new UsageError(
    `--where ${JSON.stringify(filter)}: ${problem}; if this value is meant, put it in single quotes, as in SQL`,
  );
}

function columnArgument(relation: Relation, text: string): ColumnArgument {
  const known = findColumnArgument(relation, text, rest => isCondition(rest.trimStart()));
  if (known !== undefined) return known;
  const [, name, rest] = /^(\S+?)(\s*(?:is\s|[!<>=~@]).*)$/s.exec(text) ?? [];
  if (name !== undefined && rest !== undefined) return { name, rest };
  throw filterError(text);
}

function isCondition(text: string): boolean {
  return findOperator(text) !== undefined || /^is\s/i.test(text);
}

/** The longest operator that a text begins with. */
function findOperator(text: string): string | undefined {
  return SIGNS.filter(sign => text.startsWith(sign)).toSorted((a, b) => b.length - a.length)[0];
}

function filterError(text: string): UsageError {
  return new UsageError(
    `--where must be a column, one of ${SIGNS.join(" ")} and a value, such as 'genre_id=1', or 'composer is null', received ${JSON.stringify(text)}`,
  );
}
