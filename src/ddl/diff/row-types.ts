import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import type { TablePlan } from "./table-plan.ts";
import { consistsOf } from "./type-names.ts";

/** Whether a column of a table has rows of this table, so that PostgreSQL rejects ALTER TYPE for its columns. */
export function isRowType(schema: AnySchema, table: Relation): boolean {
  const id = relationId(table);
  return schema.relations.some(
    ({ definition, columns }) =>
      definition === null && columns.some(({ typeKey }) => consistsOf(schema, typeKey, id)),
  );
}

/** Whether an UPDATE of all rows changes exactly the columns that it sets: no trigger runs, and no row is hidden. */
export function isPlainlyUpdated({ triggers, rowSecurityEnabled, rowSecurityForced }: Relation): boolean {
  return !triggers.update && !(rowSecurityEnabled && rowSecurityForced);
}

/** Whether PostgreSQL computes or checks the rows of a changed table, which it rejects if a column has its row type. */
export function computesValues(
  to: AnySchema,
  { before: table, after: wanted, retyped, kept, appended }: TablePlan,
): boolean {
  return (
    retyped.length > 0 ||
    table.persistence !== wanted.persistence ||
    kept.some(
      ({ before, after }) =>
        after.generated !== null && before.generationExpression !== after.generationExpression,
    ) ||
    appended.some(({ before, after }) =>
      before === undefined ? isComputed(to, after) : !isPlainlyUpdated(table),
    )
  );
}

function isComputed(to: AnySchema, column: Column): boolean {
  const { default: value, identity, generated, typeKey } = column;
  return value !== null || identity !== null || generated !== null || isConstrained(to, typeKey);
}

/** Whether a type is a domain that rejects some values. */
function isConstrained({ types }: Pick<AnySchema, "types">, key: string): boolean {
  const type = types[key];
  if (type?.kind !== "domain") return false;
  return type.notNull || type.checks.length > 0 || isConstrained({ types }, type.base);
}
