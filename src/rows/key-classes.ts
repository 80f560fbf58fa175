import { valueText } from "../statements/bulk-rows.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { keyClassesSql } from "../statements/key-classes-sql.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { canonicalText } from "../types/canonical-text.ts";
import type { KeyText, Row, RowGroup } from "./row-groups.ts";
import { type Context, run } from "./run.ts";

/** Groups rows by their keys, as `groupsByKey` does. */
export type KeyGroups = (rows: readonly Row[], from: number, keyOf: KeyText) => readonly RowGroup[];

/**
 * The groups of rows whose keys differ for PostgreSQL. A Date stands for a millisecond, so that only the stored row tells
 * whether a text is the same timestamp: rows with Dates and rows with texts are never in one group.
 */
export async function keyGroups(
  context: Context,
  plan: RelationPlan,
  key: readonly ColumnPlan[],
  rows: readonly Row[],
  from: number,
  groupsOf: KeyGroups,
): Promise<readonly RowGroup[]> {
  const groups: RowGroup[] = [];
  for (const [start, end] of runsOfDates(key, rows)) {
    const some = rows.slice(start, end);
    const keyOf = await keyClasses(context, plan, key, some, from + start);
    for (const group of groupsOf(some, from + start, keyOf)) groups.push(group);
  }
  return groups;
}

/** Consecutive rows that have Dates in the same columns of the key, as their start and end. */
function runsOfDates(
  key: readonly ColumnPlan[],
  rows: readonly Row[],
): readonly (readonly [start: number, end: number])[] {
  const dated = key.filter(({ codec }) => codec.last !== undefined);
  if (dated.length === 0) return [[0, rows.length]];
  const formOf = (row: Row): string =>
    dated.map(({ column: { name } }) => (row[name] instanceof Date ? "d" : "-")).join("");
  const starts = rows.flatMap((row, at) => (at === 0 || formOf(row) !== formOf(rows[at - 1]!) ? at : []));
  return starts.map((start, at) => [start, starts[at + 1] ?? rows.length]);
}

/**
 * A function that returns the same text for rows whose keys are equal for PostgreSQL, such as 1.0 and 1.00. For types whose
 * equality only PostgreSQL knows it costs a statement.
 */
async function keyClasses(
  context: Context,
  plan: RelationPlan,
  key: readonly ColumnPlan[],
  rows: readonly Row[],
  from: number,
): Promise<KeyText> {
  // The scope has the whole key, so all rows have the same.
  if (key.length === 0) return () => "";
  const texts = key.map(({ filterCodec, collation }) =>
    collation === null ? canonicalText(filterCodec) : undefined,
  );
  const textOf = (row: Row, index: number, at: number): string | null | undefined => {
    const column = key[at]!;
    if (!Object.hasOwn(row, column.column.name)) return undefined;
    const text = valueText(plan, column, row, index);
    return text === null ? null : texts[at]?.(text);
  };
  const keyOf: KeyText = (row, index) => {
    if (key.length === 1) return textOf(row, index, 0) ?? undefined;
    const values = key.map((_, at) => textOf(row, index, at));
    return values.every(value => value === undefined) ? undefined : JSON.stringify(values);
  };
  if (texts.every(text => text !== undefined) || rows.length < 2) return keyOf;
  const keyed = rows.flatMap((row, index) =>
    key.every(({ column }) => Object.hasOwn(row, column.name)) ? [{ row, index: index + from }] : [],
  );
  const statement = keyClassesSql(
    context.schema,
    plan,
    key,
    keyed.map(({ row }) => row),
  );
  const classes = await run<{ class: number }>(context.sql, statement, context.options);
  const numbers = new Map(keyed.map(({ index }, at) => [index, String(classes[at]!.class)]));
  return (_row, index) => numbers.get(index);
}
