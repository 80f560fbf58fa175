import { quoteIdentifier } from "../schema/quote.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import type { RelationPlan } from "./relation-plan.ts";
import type { OutputColumn } from "./statement.ts";

/** The item of an upsert's RETURNING that says whether the row was inserted. */
export interface InsertedFlag {
  readonly sql: string;
  readonly column: OutputColumn;
}

/**
 * From PostgreSQL 18 on `old` tells (manual, INSERT, RETURNING). Before it, a row that was there carries the lock of the
 * conflict in xmax; a partitioned table or a view has no xmax to return, and is looked up as it was before the statement.
 */
export function insertedFlag(schema: AnySchema, plan: RelationPlan, target: ConflictTarget): InsertedFlag {
  let name = "inserted";
  while (plan.columns.has(name)) name += "_";
  const codec = codecFor(schema, "bool", -1);
  return {
    sql: `${condition(schema, plan, target)} AS ${quoteIdentifier(name)}`,
    column: { name, label: `${plan.relation.key}.${name}`, codec },
  };
}

function condition(
  schema: AnySchema,
  { relation, name, alias }: RelationPlan,
  target: ConflictTarget,
): string {
  const key = target.columns.map(quoteIdentifier);
  if (schema.serverVersionNum >= 180_000) return `(old.${key[0]} IS NULL)`;
  if (relation.kind === "table") return `(${alias}.xmax = 0)`;
  const same = key.map(column => `"before".${column} = ${alias}.${column}`).join(" AND ");
  return `(NOT EXISTS (SELECT FROM ${name} AS "before" WHERE ${same}))`;
}
