import { ArgumentError } from "../errors.ts";
import { isFragment } from "./fragment.ts";
import type { ColumnPlan, RelationPlan } from "./relation-plan.ts";

/** A value of one of many rows as PostgreSQL's text, or NULL; a row that leaves it out and raw SQL are refused. */
export function valueText(
  plan: RelationPlan,
  { column: { name }, codec }: ColumnPlan,
  row: Readonly<Record<string, unknown>>,
  index: number,
): string | null {
  const value = row[name];
  if (value === null) return null;
  if (value === undefined || isFragment(value)) {
    const reason = value === undefined ? "there is no value" : "raw SQL cannot be a value of many rows";
    throw new ArgumentError(`${plan.relation.key}.${name}, row ${index}: ${reason}`);
  }
  return codec.print(value as never);
}
