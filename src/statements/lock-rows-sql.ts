import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import { unnestedKey, unnestRows } from "./bulk-rows.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { ConflictTarget } from "./conflict-target.ts";
import { dateColumns, keyPartsSql, rowKeySql } from "./key-parts.ts";
import { aliasBeside, relationPlan } from "./relation-plan.ts";
import { joinConditions, ownBinder, type RowStatement } from "./statement.ts";

/**
 * The statement that locks the stored rows with the keys of rows in the order of these keys, as the statement of one group of
 * rows does.
 * @param key the columns of the primary key, or of the conflict target of an upsert
 */
export function lockRowsSql(
  schema: AnySchema,
  table: string,
  key: readonly ColumnPlan[],
  rows: readonly Readonly<Record<string, unknown>>[],
  target?: ConflictTarget,
): RowStatement {
  const plan = relationPlan(schema, table);
  const binder = ownBinder(schema);
  const prefix = `${plan.alias}.`;
  const alias = aliasBeside(plan, "rows");
  const unnested = { alias, columns: key, rows, dates: dateColumns(key, rows) };
  const from = unnestRows(plan, binder, unnested);
  const parts = unnestedKey(key, unnested);
  const on = target
    ? keyPartsSql(plan, binder, parts, prefix, target)
    : rowKeySql(plan, binder, parts, prefix);
  const where = joinConditions([on, plan.scope.condition(binder, prefix)]);
  const order = key.map(({ quoted }) => prefix + quoted).join(", ");
  return {
    text: `SELECT count(*)::int4 AS "n" FROM (SELECT FROM ${from}, ${plan.name} WHERE ${where} ORDER BY ${order} FOR NO KEY UPDATE OF ${plan.alias}) AS "locked"`,
    params: binder.params,
    output: [{ name: "n", label: "n", codec: codecFor(schema, "int4", -1) }],
  };
}
