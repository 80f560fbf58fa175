import type { SqlHandle } from "../driver/handle.ts";
import { isShown } from "../driver/hidden-columns.ts";
import { NotFoundError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { keyValues } from "../statements/primary-key.ts";
import { relationPlan, requireKey } from "../statements/relation-plan.ts";
import { describeValue } from "../types/problem.ts";

/** The NotFoundError of a primary key: `genre has no row with genre_id 99`. */
export function missingRowError(
  sql: SqlHandle,
  schema: AnySchema,
  table: string,
  key: unknown,
): NotFoundError {
  return new NotFoundError(
    `${table} has no row with ${shownKey(sql, schema, table, key)}`,
    Object.fromEntries(ownParts(schema, table, key).map(({ column, value }) => [column.column.name, value])),
  );
}

/** A primary key in a message: `genre_id 99`, or `this genre_id` for a hidden column. */
export function shownKey(sql: SqlHandle, schema: AnySchema, table: string, key: unknown): string {
  const parts = ownParts(schema, table, key).map(({ column: { column, label }, value }) =>
    isShown(sql, label) ? `${column.name} ${describeValue(value)}` : `this ${column.name}`,
  );
  return parts.join(" and ") || "this key";
}

interface KeyPart {
  readonly column: ColumnPlan;
  readonly value: unknown;
}

/** The columns of a key with their values, without those of the scope. */
function ownParts(schema: AnySchema, table: string, key: unknown): readonly KeyPart[] {
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  return columns
    .map((column, index) => ({ column, value: values[index] }))
    .filter(({ column }) => !plan.scope.names.has(column.column.name));
}
