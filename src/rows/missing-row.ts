import type { SqlHandle } from "../driver/handle.ts";
import { isShown } from "../driver/hidden-columns.ts";
import { NotFoundError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
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
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  const own = [...columns.entries()].filter(([, { column }]) => !plan.scope.names.has(column.name));
  const pairs = own.map(([at, { column, label }]) =>
    isShown(sql, label) ? `${column.name} ${describeValue(values[at])}` : `this ${column.name}`,
  );
  return new NotFoundError(
    `${table} has no row with ${pairs.join(" and ") || "this key"}`,
    Object.fromEntries(own.map(([at, { column }]) => [column.name, values[at]])),
  );
}
