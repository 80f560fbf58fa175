import type { AnySchema } from "../schema/snapshot.ts";
import { type Assignment, assignments, isStamp, stamped } from "./assignments.ts";
import type { ColumnPlan, RelationPlan } from "./relation-plan.ts";
import { scopeOf } from "./scope.ts";

type Row = Readonly<Record<string, unknown>>;

/** The columns of rows that are sent together: those that each row gives, and the scope's, the same for all. */
export interface BulkColumns {
  readonly given: readonly ColumnPlan[];
  readonly stamps: readonly Assignment[];
}

/** The columns of rows that all have those of the first; a row that contradicts the scope is refused. */
export function bulkColumns(schema: AnySchema, plan: RelationPlan, rows: readonly Row[]): BulkColumns {
  const first = rows[0] ?? {};
  const shape = stamped(schema, plan, assignments(schema, plan, first));
  const scoped = scopeOf(schema, plan).map(([{ column }]) => column.name);
  if (scoped.some(name => Object.hasOwn(first, name)))
    for (const row of rows) stamped(schema, plan, assignments(schema, plan, row));
  return {
    given: shape.filter(assignment => !isStamp(assignment)).map(({ column }) => column),
    stamps: shape.filter(isStamp),
  };
}
