import { ArgumentError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import { type ColumnPlan, planColumn, type RelationPlan } from "./relation-plan.ts";
import { scopeCondition, scopeOf } from "./scope.ts";
import type { Binder } from "./statement.ts";

/** What a row that is there gets: all given columns but keys, only some, all of them when one differs, or nothing. */
export type ConflictUpdate = readonly string[] | "changed" | "nothing" | undefined;

/** `DO UPDATE SET "name" = EXCLUDED."name" WHERE ...`, or `DO NOTHING`. */
export function conflictAction(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  target: ConflictTarget,
  given: readonly ColumnPlan[],
  update: ConflictUpdate,
): string {
  if (update === "nothing") return "DO NOTHING";
  const changed = updatedColumns(schema, plan, target, given, update);
  // Something has to be set for the row to be returned.
  const first = plan.columns.get(target.columns[0]!)!;
  const set = (changed.length === 0 ? [first] : changed).map(
    ({ quoted }) => `${quoted} = EXCLUDED.${quoted}`,
  );
  const conditions = [
    scopeCondition(schema, plan, binder, `${plan.alias}.`),
    update === "changed" ? differs(plan, changed) : "",
  ].filter(text => text !== "");
  return `DO UPDATE SET ${set.join(", ")}${conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`}`;
}

function updatedColumns(
  schema: AnySchema,
  plan: RelationPlan,
  target: ConflictTarget,
  given: readonly ColumnPlan[],
  update: ConflictUpdate,
): readonly ColumnPlan[] {
  const fixed = new Set([
    ...target.columns,
    ...plan.key.map(({ column }) => column.name),
    ...scopeOf(schema, plan).map(([{ column }]) => column.name),
  ]);
  if (Array.isArray(update)) return update.map(name => updatable(schema, plan, fixed, name));
  return given.filter(({ column }) => !fixed.has(column.name));
}

function updatable(
  schema: AnySchema,
  plan: RelationPlan,
  fixed: ReadonlySet<string>,
  name: string,
): ColumnPlan {
  const column = planColumn(schema, plan, name);
  if (!fixed.has(name)) return column;
  throw new ArgumentError(
    `${plan.relation.key}.${name} is part of a key or of the scope, which an upsert never changes`,
  );
}

function differs(plan: RelationPlan, columns: readonly ColumnPlan[]): string {
  if (columns.length === 0) return "false";
  const comparisons = columns.map(({ quoted, column, codec }) => {
    if (codec.equals === "=") return `${plan.alias}.${quoted} IS DISTINCT FROM EXCLUDED.${quoted}`;
    throw new ArgumentError(
      `${plan.relation.key}.${column.name}: ${column.type} cannot be compared, so "changed" cannot be told`,
    );
  });
  return comparisons.length === 1 ? comparisons[0]! : `(${comparisons.join(" OR ")})`;
}
