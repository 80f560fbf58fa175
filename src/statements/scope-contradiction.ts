import { ArgumentError } from "../errors.ts";
import { type ColumnPlan, isSameValue } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** Whether a value is that of a rule of the scope, which no raw SQL is. */
export function hasScopeText(column: ColumnPlan, value: unknown, text: string | null): boolean {
  if (isFragment(value)) return false;
  return isSameValue(column, value === null ? null : column.codec.print(value), text);
}

/** The error of a value that contradicts the scope. */
export function contradiction({ label, column }: ColumnPlan, place: string): ArgumentError {
  return new ArgumentError(
    `${label}${place}: the value contradicts the snapshot's scope; leave out the column, or pass a snapshot without this scope`,
    { columns: [column.name] },
  );
}

/** Throws ArgumentError with the number of the first of many valid rows that contradicts the scope. */
export function requireInScope(
  plan: RelationPlan,
  rows: readonly Readonly<Record<string, unknown>>[],
  numberOf: (index: number) => number,
): void {
  for (const { column, text } of plan.scope.rules) {
    const { name } = column.column;
    const wrong = rows.findIndex(row => Object.hasOwn(row, name) && !hasScopeText(column, row[name], text));
    if (wrong !== -1) throw contradiction(column, `, rows[${numberOf(wrong)}]`);
  }
}
