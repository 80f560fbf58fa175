import { ArgumentError } from "../errors.ts";
import { conflictTarget } from "../statements/conflict-target.ts";
import { isAlways } from "../statements/on-conflict.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import { hasConflictKey } from "../statements/upsert-sql.ts";
import { groupsByColumns, type Row } from "./row-groups.ts";
import type { UpsertContext } from "./upsert-staged.ts";

/**
 * Throws ArgumentError for a row without a part of the conflict key or a column of `update`. The statement of a later group would
 * reject it without its number, after other groups have been sent.
 */
export function requireUpsertColumns(
  { schema, table, conflict: { key, update } }: UpsertContext,
  rows: readonly Row[],
  from: number,
): void {
  const plan = relationPlan(schema, table);
  const target = conflictTarget(plan, key, update !== "nothing");
  const changed = Array.isArray(update) ? (update as readonly string[]) : [];
  const wanted = changed
    .flatMap(name => plan.columns.get(name) ?? [])
    .filter(one => one.column.updatable && !isAlways(one));
  // Only the columns of a row matter, and most calls have rows with the same ones.
  for (const group of groupsByColumns(rows, from)) {
    const row = group.rows[0]!;
    const place = `, rows[${group.positions[0]}]`;
    if (!hasConflictKey(plan, target, row, place)) continue;
    const missing = wanted.find(({ column }) => !Object.hasOwn(row, column.name));
    if (missing === undefined) continue;
    throw new ArgumentError(
      `${missing.label}${place}: the row has no value; add one, or remove the column from update`,
    );
  }
}
