import { valueText } from "../statements/bulk-rows.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { keyClassesSql } from "../statements/key-classes-sql.ts";
import type { RelationPlan } from "../statements/relation-plan.ts";
import { canonicalText } from "../types/canonical-text.ts";
import type { KeyText, Row } from "./row-groups.ts";
import { type Context, run } from "./run.ts";

/**
 * A function that returns the same text for rows whose keys are equal for PostgreSQL, such as 1.0 and 1.00. For types whose
 * equality only PostgreSQL knows it costs a statement.
 */
export async function keyClasses(
  context: Context,
  plan: RelationPlan,
  key: readonly ColumnPlan[],
  rows: readonly Row[],
  from: number,
): Promise<KeyText> {
  const texts = key.map(({ filterCodec, column }) =>
    column.collation === null ? canonicalText(filterCodec) : undefined,
  );
  const textOf = (row: Row, index: number, at: number): string | null | undefined => {
    const column = key[at]!;
    if (!Object.hasOwn(row, column.column.name)) return undefined;
    const text = valueText(plan, column, row, index);
    return text === null ? null : (texts[at]?.(text) ?? text);
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
  return (row, index) => numbers.get(index) ?? keyOf(row, index);
}
