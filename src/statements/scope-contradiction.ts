import { ArgumentError } from "../errors.ts";
import { canonicalText } from "../types/canonical-text.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isFragment } from "./fragment.ts";
import type { RelationPlan } from "./relation-plan.ts";

/** Whether a value is that of a rule of the scope, which no raw SQL is. */
export function hasScopeText(column: ColumnPlan, value: unknown, text: string | null): boolean {
  if (isFragment(value)) return false;
  return isSameText(column, value === null ? null : column.codec.print(value), text);
}

/** Whether two texts are one value of a column: a UUID in capitals is the one that PostgreSQL prints in small letters. */
export function isSameText(
  { filterCodec, collation }: ColumnPlan,
  one: string | null,
  other: string | null,
): boolean {
  if (one === other || one === null || other === null) return one === other;
  const canonical = collation === null ? canonicalText(filterCodec) : undefined;
  return canonical !== undefined && canonical(one) === canonical(other);
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
