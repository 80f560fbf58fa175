import { parseValue } from "../files/parse-value.ts";
import type { Relation, SchemaSnapshot } from "../index.ts";
import { jsonProblemText } from "../schema/json-problem.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { codecOf } from "../types/resolve.ts";
import { type ColumnArgument, findColumnArgument } from "./column-options.ts";
import { UsageError } from "./failure.ts";

/**
 * Returns the row of `name=Polka` (text that is read by the column's type) and `tags:=["live"]` (JSON).
 * @throws UsageError if an argument is not an assignment or a column is assigned twice
 */
export function rowOfAssignments(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
): Record<string, unknown> {
  const relation = relationOf(schema, table);
  const entries = texts.map(text => assignedValue(schema, relation, text));
  const names = entries.map(([name]) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw new UsageError(`${relation.key}.${duplicate} is assigned twice`);
  return Object.fromEntries(entries);
}

function assignedValue(schema: SchemaSnapshot, relation: Relation, text: string): readonly [string, unknown] {
  const { name, rest } = columnArgument(relation, text);
  const column = columnOf(schema, relation.key, name);
  const place = `${relation.key}.${name}`;
  const value = rest.startsWith(":=")
    ? jsonValue(place, rest.slice(2))
    : parseValue(place, codecOf(schema, relation, column), rest.slice(1));
  return [name, value];
}

function columnArgument(relation: Relation, text: string): ColumnArgument {
  const known = findColumnArgument(relation, text, rest => /^:?=/.test(rest));
  if (known !== undefined) return known;
  const [, name, rest] = /^(.+?)(:?=.*)$/s.exec(text) ?? [];
  if (name !== undefined && rest !== undefined) return { name, rest };
  throw new UsageError(`assignments must be column=value or column:=json, received ${JSON.stringify(text)}`);
}

function jsonValue(place: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `${place}: expected JSON after :=, received ${JSON.stringify(text)} (${jsonProblemText(text)})`,
    );
  }
}
