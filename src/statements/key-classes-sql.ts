import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import { unnestRows } from "./bulk-rows.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { RelationPlan } from "./relation-plan.ts";
import { ownBinder, type RowStatement } from "./statement.ts";

/** The statement that numbers rows by their keys: equal numbers for keys that are equal for PostgreSQL, in input order. */
export function keyClassesSql(
  schema: AnySchema,
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  rows: readonly Readonly<Record<string, unknown>>[],
): RowStatement {
  const binder = ownBinder(schema);
  const from = unnestRows(plan, binder, { alias: `"rows"`, columns, rows });
  const keys = columns.map(({ collation, filterCodec }, index) => {
    const collate = collation === null ? "" : ` COLLATE ${collation}`;
    return `"c${index + 1}"::${filterCodec.castType}${collate}`;
  });
  return {
    text: `SELECT (dense_rank() OVER (ORDER BY ${keys.join(", ")}))::int4 AS "class" FROM ${from} ORDER BY "n"`,
    params: binder.params,
    output: [{ name: "class", label: "class", codec: codecFor(schema, "int4", -1) }],
  };
}
