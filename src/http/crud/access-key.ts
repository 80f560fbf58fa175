import type { AnySchema } from "../../schema/snapshot.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { keyValues } from "../../statements/primary-key.ts";
import { relationPlan, requireKey } from "../../statements/relation-plan.ts";

/** The key that `authorize` gets for a row, however the client has written it: a value, or an array in key order. */
export function accessKey(schema: AnySchema, table: string, key: unknown): unknown {
  const plan = relationPlan(schema, table);
  const columns = requireKey(plan);
  const values = keyValues(plan, columns, key);
  const [only, ...others] = columns.map((column, index) => rowForm(column, values[index]));
  return others.length === 0 ? only : [only, ...others];
}

// A Date would drop microseconds.
function rowForm({ codec, filterCodec, hasDates }: ColumnPlan, value: unknown): unknown {
  return hasDates ? value : codec.parse(usualText(filterCodec, filterCodec.print(value)));
}

function usualText({ shape, castType }: ColumnPlan["codec"], text: string): string {
  if (shape.kind === "scalar" && shape.family === "bigint") return String(BigInt(text));
  if (castType !== "uuid") return text;
  const digits = text.toLowerCase().replaceAll(/[^\da-f]/g, "");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
