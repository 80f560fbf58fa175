import { ArgumentError } from "../errors.ts";
import type { AnySchema, UniqueKey } from "../schema/snapshot.ts";
import { planColumn, type RelationPlan, requireKey } from "./relation-plan.ts";
import { namesShape } from "./shape.ts";

/** What ON CONFLICT names: the columns of a unique key. */
export interface ConflictTarget {
  readonly columns: readonly string[];
  readonly key: UniqueKey;
  /** `("email") WHERE (deleted_at IS NULL)` */
  readonly text: string;
}

const targetsByPlan = new WeakMap<RelationPlan, Map<string, ConflictTarget>>();

/**
 * The primary key, or the unique key of the given columns in any order; throws ArgumentError with the reason when it
 * cannot be a conflict target (manual, INSERT, ON CONFLICT clause).
 */
export function conflictTarget(
  schema: AnySchema,
  plan: RelationPlan,
  columns: readonly string[] | undefined,
  isUpdate: boolean,
): ConflictTarget {
  const name = `${isUpdate}${namesShape(columns)}`;
  const known = targetsByPlan.get(plan)?.get(name);
  if (known !== undefined) return known;
  const target = makeTarget(schema, plan, columns, isUpdate);
  const targets = targetsByPlan.get(plan) ?? new Map<string, ConflictTarget>();
  targetsByPlan.set(plan, targets.set(name, target));
  return target;
}

function makeTarget(
  schema: AnySchema,
  plan: RelationPlan,
  columns: readonly string[] | undefined,
  isUpdate: boolean,
): ConflictTarget {
  for (const name of columns ?? []) planColumn(schema, plan, name);
  const wanted = columns ?? requireKey(plan).map(({ column }) => column.name);
  const key = findKey(plan, wanted, isUpdate);
  const names = key.columns.filter(name => name !== null);
  const list = names.map(name => planColumn(schema, plan, name).quoted).join(", ");
  return { key, columns: names, text: `(${list})${key.predicate === null ? "" : ` WHERE ${key.predicate}`}` };
}

function findKey({ relation }: RelationPlan, wanted: readonly string[], isUpdate: boolean): UniqueKey {
  const all = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys];
  const found = all.filter(key => sameColumns(key, wanted));
  const usable = found.find(
    ({ conflictTarget: can }) => can === "doUpdate" || (can === "doNothingOnly" && !isUpdate),
  );
  if (usable !== undefined) return usable;
  const list = wanted.join(", ");
  const [first] = found;
  throw new ArgumentError(
    first === undefined
      ? `${relation.key} has no unique key of (${list}); it has ${all.map(describeKey).join("; ") || "none"}`
      : `${relation.key}: ${first.name} (${list}) cannot be a conflict target: ${reason(first, relation.hasRules)}`,
  );
}

function sameColumns(key: UniqueKey, wanted: readonly string[]): boolean {
  return key.columns.length === wanted.length && wanted.every(name => key.columns.includes(name));
}

function describeKey({ name, columns }: UniqueKey): string {
  return `${name} (${columns.map(column => column ?? "an expression").join(", ")})`;
}

function reason({ deferrable, valid }: UniqueKey, hasRules: boolean): string {
  if (deferrable) return "it is deferrable";
  if (!valid) return "its index is not valid";
  return hasRules ? "the table has rules" : "it excludes overlaps, which can only be skipped";
}
