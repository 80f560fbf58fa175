import { ArgumentError } from "../errors.ts";
import { abilitiesOf } from "../schema/engine.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type ColumnPlan, comparedSql } from "./column-plan.ts";
import type { RelationPlan } from "./relation-plan.ts";

/**
 * The condition that a column of the row to insert, EXCLUDED, has a different value from that of the existing row, even if `=`
 * finds them equal.
 */
export function differenceSql(schema: AnySchema, plan: RelationPlan, columns: readonly ColumnPlan[]): string {
  if (columns.length === 0) return "false";
  // The values to insert into a foreign table are those of a subquery, whose types can differ from the columns'.
  const hasImages = abilitiesOf(schema).systemColumns && !plan.isForeign;
  const comparisons = columns.map(one =>
    hasImages && !isExactlyEqual(one) ? imageSql(plan, one) : distinctSql(plan, one),
  );
  return comparisons.length === 1 ? comparisons[0]! : `(${comparisons.join(" OR ")})`;
}

const EXACT: ReadonlySet<string> = new Set(["integer", "bigint", "boolean", "bytes", "bits", "datetime"]);
const EXACT_TYPES: ReadonlySet<string> = new Set(["text", "varchar", "uuid"]);

/**
 * Whether two values that `=` finds equal are always the same; 1.0 and 1.00 are not, nor are texts that a collation compares
 * without case.
 */
function isExactlyEqual({ codec: { shape, castType }, collation }: ColumnPlan): boolean {
  if (shape.kind === "enum") return true;
  return (
    shape.kind === "scalar" && (EXACT.has(shape.family) || (EXACT_TYPES.has(castType) && collation === null))
  );
}

// Compares the stored bytes (manual 9.25.6), which every type has. Without the casts PostgreSQL compares two ROWs column by column.
function imageSql({ alias }: RelationPlan, { quoted }: ColumnPlan): string {
  return `ROW(${alias}.${quoted})::record *<> ROW(EXCLUDED.${quoted})::record`;
}

function distinctSql({ alias, relation }: RelationPlan, one: ColumnPlan): string {
  const { column, codec } = one;
  if (codec.equals === "=")
    return `${comparedSql(one, `${alias}.`)} IS DISTINCT FROM ${comparedSql(one, "EXCLUDED.")}`;
  throw new ArgumentError(
    `${relation.key}.${column.name}: type ${column.type} has no equality operator, so update: "changed" is not possible`,
  );
}
