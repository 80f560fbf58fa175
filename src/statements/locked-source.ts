import type { RelationPlan } from "./relation-plan.ts";
import { type Binder, joinConditions } from "./statement.ts";

/** A source of numbered rows or keys, and the condition that joins it with the table. */
export interface JoinedSource {
  readonly from: string;
  readonly alias: string;
  /** Without the condition of the scope. */
  readonly on: string;
}

/**
 * The source, whose rows of the table are locked in the order of their keys first: two calls with the same rows in
 * different orders would otherwise wait for each other (deadlock). An UPDATE or DELETE itself has no order.
 */
export function lockedSource(
  plan: RelationPlan,
  binder: Binder,
  { from, alias, on }: JoinedSource,
  lock: "NO KEY UPDATE" | "UPDATE",
): string {
  const where = joinConditions([on, plan.scope.condition(binder, `${plan.alias}.`)]);
  const order = plan.key.map(({ quoted }) => `${plan.alias}.${quoted}`).join(", ");
  return `(SELECT ${alias}.* FROM ${from}, ${plan.name} WHERE ${where} ORDER BY ${order} FOR ${lock} OF ${plan.alias}) AS ${alias}`;
}
