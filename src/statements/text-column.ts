import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "../types/resolve.ts";
import type { ColumnPlan, RelationPlan } from "./relation-plan.ts";
import type { OutputColumn } from "./statement.ts";

/** A column's exact text under a name that no column has, beside the columns that the caller wants. */
export function textColumn(
  schema: AnySchema,
  plan: RelationPlan,
  { quoted }: Pick<ColumnPlan, "quoted">,
  wanted: string,
): { readonly sql: string; readonly output: OutputColumn } {
  let name = wanted;
  while (plan.columns.has(name)) name += "_";
  const output = { name, label: name, codec: codecFor(schema, "text", -1) };
  return { sql: `${plan.alias}.${quoted}::text AS "${name}"`, output };
}
