import type { AnySchema } from "../schema/snapshot.ts";
import { type ColumnPlan, type RelationPlan, requireKey } from "../statements/relation-plan.ts";
import { scopeOf } from "../statements/scope.ts";
import { changesOf } from "../statements/update-sql.ts";
import { isPlainObject } from "../types/plain-object.ts";
import { keyIssues } from "../validate/key-issues.ts";
import { ValidationError } from "../validate/validation-error.ts";
import { checkedRows } from "./bulk.ts";
import type { Row } from "./bulk-groups.ts";
import type { WriteOptions } from "./write.ts";

/** The rows of `updateMany` as they are to be written: the key first, without what the database computes. */
export function checkedChanges(
  schema: AnySchema,
  plan: RelationPlan,
  rows: readonly unknown[],
  from: number,
  options: WriteOptions | undefined,
): readonly Row[] {
  const numberOf = (index: number): number => index + from;
  if (!rows.every(isPlainObject)) return checkedRows(schema, plan.relation.key, rows, numberOf, "update", {});
  const scoped = scopeOf(schema, plan).map(([column]) => column);
  const key = requireKey(plan).filter(column => !scoped.includes(column));
  if (options?.validate !== false) requireKeys(plan, key, rows, from);
  const changes = rows.map(row => changesOf(plan, row));
  const changed = [...changes.keys()].filter(index => Object.keys(changes[index]!).length > 0);
  const checked = checkedRows(
    schema,
    plan.relation.key,
    changed.map(index => changes[index]),
    index => numberOf(changed[index]!),
    "update",
    options,
  );
  for (const [index, row] of checked.entries()) changes[changed[index]!] = row;
  const keyOf = (row: Row): Row => Object.fromEntries(key.map(({ column: { name } }) => [name, row[name]]));
  return rows.map((row, index) => ({ ...keyOf(row), ...changes[index] }));
}

function requireKeys(
  plan: RelationPlan,
  key: readonly ColumnPlan[],
  rows: readonly Row[],
  from: number,
): void {
  const issues = keyIssues(key, rows, from);
  if (issues.length > 0) throw new ValidationError(plan.relation.key, issues);
}
