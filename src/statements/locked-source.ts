import { isInvokerOption } from "../schema/storage-options.ts";
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
 * Whether the rows of a relation can be locked before they are written. A view whose trigger or rule replaces the write may
 * contain GROUP BY or an outer join. For a lock PostgreSQL also requires the UPDATE privilege and the policies of UPDATE
 * (manual, CREATE POLICY), which a row that is deleted need not have.
 */
export function canLockRows({ relation, hasRules }: RelationPlan, event: "update" | "delete"): boolean {
  const { kind, columns, privileges, options, rowSecurityEnabled } = relation;
  const isQuery = kind === "view" && (hasRules || !columns.some(({ updatable }) => updatable));
  if (kind === "materializedView" || isQuery) return false;
  if (event === "update") return true;
  const mayUpdate = privileges.update || columns.some(column => column.privileges.update);
  return mayUpdate && !rowSecurityEnabled && !options.some(isInvokerOption);
}

/**
 * The source, whose rows of the table are locked in the order of their keys first: two calls with the same rows in
 * different orders would otherwise wait for each other (deadlock). An UPDATE or DELETE itself has no order. Rows that cannot
 * be locked are only joined.
 */
export function lockedSource(
  plan: RelationPlan,
  binder: Binder,
  { from, alias, on }: JoinedSource,
  event: "update" | "delete",
): string {
  if (!canLockRows(plan, event)) return from;
  const lock = event === "update" ? "NO KEY UPDATE" : "UPDATE";
  const where = joinConditions([on, plan.scope.condition(binder, `${plan.alias}.`)]);
  const order = plan.key.map(({ quoted }) => `${plan.alias}.${quoted}`).join(", ");
  return `(SELECT ${alias}.* FROM ${from}, ${plan.name} WHERE ${where} ORDER BY ${order} FOR ${lock} OF ${plan.alias}) AS ${alias}`;
}
