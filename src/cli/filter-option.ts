import { textValue } from "../files/text-value.ts";
import {
  and,
  contains,
  eq,
  gt,
  gte,
  ilike,
  isNull,
  like,
  lt,
  lte,
  matches,
  ne,
  notNull,
  type Operator,
  type Relation,
  type SchemaSnapshot,
  type Where,
} from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { comparisonCodec } from "../types/resolve.ts";
import { UsageError } from "./failure.ts";

/** SQL's operators, so that none has to be learnt. */
const COMPARISONS: Readonly<Record<string, (value: unknown) => Operator>> = {
  "=": eq,
  "!=": ne,
  "<>": ne,
  "<": lt,
  "<=": lte,
  ">": gt,
  ">=": gte,
  "@>": contains,
};
const PATTERNS: Readonly<Record<string, (pattern: string) => unknown>> = {
  "~": matches,
  "~~": like,
  "~~*": ilike,
};
const SIGNS: readonly string[] = [...Object.keys(COMPARISONS), ...Object.keys(PATTERNS)];

/** The help of `--where`. */
export const FILTER_HELP: string = `which rows: 'column=value', with ${SIGNS.join(" ")}, or 'column is null', 'column is not null'; may be repeated`;

/** `genre_id=1`, `milliseconds >= 300000`, `composer is null`: all of them must hold. */
export function filterOf(schema: SchemaSnapshot, table: string, texts: readonly string[]): Where {
  const relation = relationOf(schema, table);
  const filters = texts.map(text => oneFilter(schema, relation, text));
  return filters.length === 1 ? filters[0]! : and(...filters);
}

function oneFilter(schema: SchemaSnapshot, relation: Relation, text: string): Where {
  const { name, rest } = columnAndRest(relation, text);
  const column = columnOf(schema, relation.key, name);
  if (/^is\s+(not\s+)?null$/i.test(rest)) return { [name]: /not/i.test(rest) ? notNull() : isNull() };
  const sign = operatorAt(rest);
  if (sign === undefined) throw misread(text);
  const operand = rest.slice(sign.length).trimStart();
  const pattern = PATTERNS[sign];
  if (pattern !== undefined) return { [name]: pattern(operand) as Operator };
  const codec = comparisonCodec(schema, relation, column);
  return { [name]: COMPARISONS[sign]!(textValue(`${relation.key}.${name}`, codec, operand)) };
}

// The longest name wins: a column may be called `a=b`.
function columnAndRest(relation: Relation, text: string): { readonly name: string; readonly rest: string } {
  const names = relation.columns.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
  for (const name of names) {
    const rest = text.slice(name.length).trimStart();
    if (text.startsWith(name) && (operatorAt(rest) !== undefined || /^is\s/i.test(rest)))
      return { name, rest };
  }
  const [, name, rest] = /^(\S+?)\s*((?:is\s|[!<>=~@]).*)$/s.exec(text) ?? [];
  if (name === undefined || rest === undefined) throw misread(text);
  return { name, rest };
}

/** The longest operator that a text begins with. */
function operatorAt(text: string): string | undefined {
  return SIGNS.filter(sign => text.startsWith(sign)).toSorted((a, b) => b.length - a.length)[0];
}

function misread(text: string): UsageError {
  return new UsageError(
    `--where is a column, an operator and a value, like 'genre_id=1' or 'composer is null'; received ${JSON.stringify(text)}`,
  );
}
