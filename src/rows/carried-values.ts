import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import type { InsertRelation, InsertTable } from "../statements/insert-nodes.ts";
import { planColumn, relationPlan } from "../statements/relation-plan.ts";
import { addProperty } from "./row-objects.ts";

/** A column that gets the value of a column of a related row. */
interface Pair {
  readonly source: ColumnPlan;
  readonly target: ColumnPlan;
}

/** The columns that a relation carries from one row to another. */
export function carriedPairs(schema: AnySchema, outer: InsertTable, inner: InsertRelation): readonly Pair[] {
  const [around, nested] = [relationPlan(schema, outer.table), relationPlan(schema, inner.table)];
  return inner.from.map((name, at) => {
    const [own, other] = [planColumn(around, name), planColumn(nested, inner.to[at]!)];
    return inner.isMany ? { source: own, target: other } : { source: other, target: own };
  });
}

/** Sets the columns of a row that refer to a stored row; throws ArgumentError if they would refer to a different one. */
export function carryValues(
  pairs: readonly Pair[],
  values: readonly unknown[],
  row: Record<string, unknown>,
): void {
  for (const [at, { source, target }] of pairs.entries()) {
    const value = carriedValue(source, target, values[at]);
    const { name } = target.column;
    if (Object.hasOwn(row, name) && !isSame(target, row[name], value))
      throw new ArgumentError(
        `${target.label}: the row refers to ${source.label} by a different value; nothing was written`,
      );
    addProperty(row, name, value);
  }
}

function carriedValue(source: ColumnPlan, target: ColumnPlan, value: unknown): unknown {
  if (value === null)
    throw new ArgumentError(
      `${target.label}: the stored ${source.label} is NULL, so no row can refer to it; nothing was written`,
    );
  return source.codec === target.codec ? value : target.codec.parse(source.codec.print(value));
}

function isSame({ codec }: ColumnPlan, value: unknown, other: unknown): boolean {
  return value !== null && codec.print(value) === codec.print(other);
}
