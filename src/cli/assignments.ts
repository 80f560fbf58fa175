import { textValue } from "../files/text-value.ts";
import type { Relation, SchemaSnapshot } from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import { codecOf } from "../types/resolve.ts";
import { UsageError } from "./failure.ts";

/** `name=Polka` is a text that the column's type reads, `tags:=["live"]` JSON; `column:=null` is NULL. */
export function rowOfAssignments(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
): Record<string, unknown> {
  const relation = relationOf(schema, table);
  const entries = texts.map(text => entryOf(schema, relation, text));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`${relation.key}.${twice} is given twice`);
  return Object.fromEntries(entries);
}

function entryOf(schema: SchemaSnapshot, relation: Relation, text: string): readonly [string, unknown] {
  const { name, isJson, value } = partsOf(relation, text);
  const column = columnOf(schema, relation.key, name);
  const where = `${relation.key}.${name}`;
  return [
    name,
    isJson ? jsonValue(where, value) : textValue(where, codecOf(schema, relation, column), value),
  ];
}

interface Parts {
  readonly name: string;
  readonly isJson: boolean;
  readonly value: string;
}

// The longest name wins: a column may be called `a=b`.
function partsOf({ columns }: Relation, text: string): Parts {
  const names = columns.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
  const known = names.find(name => text.startsWith(name) && /^:?=/.test(text.slice(name.length)));
  const name = known ?? /^(.*?):?=/s.exec(text)?.[1];
  if (!name) throw new UsageError(`a row is column=value or column:=json, received ${JSON.stringify(text)}`);
  const rest = text.slice(name.length);
  const isJson = rest.startsWith(":=");
  return { name, isJson, value: rest.slice(isJson ? 2 : 1) };
}

function jsonValue(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${where}: expected JSON behind :=, received ${JSON.stringify(text)}`);
  }
}
