import { ArgumentError } from "../errors.ts";
import { requireArray } from "../schema/arguments.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { canonicalText } from "../types/canonical-text.ts";
import type { ColumnPlan, KeyText } from "./column-plan.ts";
import { type KeyPart, rowKeySql } from "./key-parts.ts";
import { columnsOf, keyTexts } from "./primary-key.ts";
import { aliasBeside, type RelationPlan, requireKey } from "./relation-plan.ts";
import { type Binder, bind, joinConditions } from "./statement.ts";

type Key = readonly KeyText[];

/** Primary keys as a row source, and the condition that joins it with the table. */
interface KeysSource {
  readonly source: string;
  /** The alias of the source. */
  readonly alias: string;
  /** Without the scope's condition. */
  readonly on: string;
  /** Includes the scope's condition. */
  readonly condition: string;
  /** The number of a key, from 1. */
  readonly number: string;
}

/**
 * Primary keys as one text[] parameter per key column, so that the SQL is the same for any number of keys, and keys of
 * an array or box type are no special case. With `isDistinct` equal keys are one.
 */
export function keysSource(
  plan: RelationPlan,
  keys: readonly unknown[],
  binder: Binder,
  isDistinct = false,
): KeysSource {
  requireArray(`the keys of ${plan.relation.key}`, keys);
  requireKey(plan);
  const alias = aliasBeside(plan, "keys");
  const all = requireKeyTexts(plan, keys);
  const columns = columnsOf(plan, all[0] ?? []);
  const tuples = isDistinct ? distinctKeys(columns, all) : all;
  const lists: string[] = [];
  const addList = (column: ColumnPlan, texts: readonly string[]): string => {
    lists.push(bind(binder, printArrayLiteral(texts), "text[]", column));
    return `${alias}."k${lists.length}"::${column.filterCodec.castType}`;
  };
  const parts = columns.map((column, index): KeyPart => {
    const texts = tuples.map(tuple => tuple[index]!);
    const value = addList(
      column,
      texts.map(({ text }) => text),
    );
    if (texts.every(({ last }) => last === undefined)) return { column, value };
    return {
      column,
      value,
      last: addList(
        column,
        texts.map(({ text, last = text }) => last),
      ),
    };
  });
  const on = rowKeySql(plan, binder, parts, `${plan.alias}.`);
  const names = lists.map((_, index) => `"k${index + 1}"`);
  return {
    source: `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${alias} (${names.join(", ")}, "n")`,
    alias,
    on,
    condition: joinConditions([on, plan.scope.condition(binder, `${plan.alias}.`)]),
    number: `${alias}."n"`,
  };
}

function requireKeyTexts(plan: RelationPlan, keys: readonly unknown[]): readonly Key[] {
  const all = keys.map((key, index) => keyTextsAt(plan, key, index));
  if (all.every(({ length }) => length === all[0]!.length)) return all;
  throw new ArgumentError(
    `the keys of ${plan.relation.key}: all or none must have the distribution column ${plan.distribution?.column.name}`,
  );
}

// The message of an error names the key: `genre.genre_id, keys[1]: ...`, or `keys[1] of genre must be ...`.
function keyTextsAt(plan: RelationPlan, key: unknown, index: number): Key {
  try {
    return keyTexts(plan, key);
  } catch (error) {
    const place = `keys[${index}]`;
    if (error instanceof Error)
      error.message = error.message.replace(/^the key\b|(?=: )/, start =>
        start === "" ? `, ${place}` : place,
      );
    throw error;
  }
}

/**
 * The keys without those that are equal to an earlier one. PostgreSQL would join a row with any of its equal keys, so that
 * the position of the row among the keys was not certain.
 */
function distinctKeys(columns: readonly ColumnPlan[], keys: readonly Key[]): readonly Key[] {
  const canonical = columns.map(({ filterCodec, collation }) =>
    collation === null ? canonicalText(filterCodec) : undefined,
  );
  const partOf = (text: string, at: number): string => canonical[at]?.(text) ?? text;
  const textOf = (key: Key): string => {
    const [only] = key;
    // JSON, which has no such beginning, takes several times as long.
    if (key.length === 1 && only!.last === undefined) return `=${partOf(only!.text, 0)}`;
    return JSON.stringify(key.map(({ text, last }, at) => [partOf(text, at), last]));
  };
  const first = new Map<string, Key>();
  for (const key of keys) {
    const text = textOf(key);
    if (!first.has(text)) first.set(text, key);
  }
  return [...first.values()];
}
