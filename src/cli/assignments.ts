import { exactInteger, parseNested, parseValue } from "../files/parse-value.ts";
import { isRawNumber, parseExactJson } from "../files/read-json.ts";
import type { Relation, SchemaSnapshot } from "../index.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import type { Codec } from "../types/codec.ts";
import { codecOf } from "../types/resolve.ts";
import { type ColumnArgument, findColumnArgument } from "./column-options.ts";
import { UsageError } from "./failure.ts";
import { isNumeric } from "./output/shown-column.ts";

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
  const codec = codecOf(schema, relation, column);
  if (!rest.startsWith(":=")) return [name, parseValue(place, codec, rest.slice(1))];
  return [name, jsonAssignment(place, codec, rest.slice(2))];
}

function jsonAssignment(place: string, codec: Codec, text: string): unknown {
  const value = jsonValue(place, text);
  // A json column takes the text, with every digit.
  if (value !== null && isJsonText(codec)) return text;
  if (isRawNumber(value))
    return isNumeric(codec) ? parseValue(place, codec, value.rawJSON) : Number(value.rawJSON);
  if (typeof value === "number") return exactInteger(codec, value);
  return typeof value === "object" ? parseNested({ name: place, hasTexts: false }, codec, value) : value;
}

function columnArgument(relation: Relation, text: string): ColumnArgument {
  const argument = findAssignment(relation, text);
  if (argument !== undefined) return argument;
  throw new UsageError(`assignments must be column=value or column:=json, received ${JSON.stringify(text)}`);
}

/** Whether a text assigns a value to a column, which may not exist. */
export function isAssignment(relation: Relation, text: string): boolean {
  return findAssignment(relation, text) !== undefined;
}

/** Whether a text begins as what follows the column of an assignment. */
export function isAssigned(rest: string): boolean {
  return /^:?=/.test(rest);
}

function findAssignment(relation: Relation, text: string): ColumnArgument | undefined {
  const known = findColumnArgument(relation, text, isAssigned);
  if (known !== undefined) return known;
  const [, name, rest] = /^(.+?)(:?=.*)$/s.exec(text) ?? [];
  return name === undefined || rest === undefined ? undefined : { name, rest };
}

function isJsonText({ shape, form }: Codec): boolean {
  return shape.kind === "scalar" && shape.family === "json" && form === "string";
}

function jsonValue(place: string, text: string): unknown {
  try {
    return parseExactJson(text, `${place}: the text after :=`);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
