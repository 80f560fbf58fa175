import type { AnySchema, Relation } from "../../schema/snapshot.ts";

/** A table as it is without its parents: from PostgreSQL 17 on, a partition has its identity columns from them. */
export function standalone({ serverVersionNum }: AnySchema, table: Relation): Relation {
  if (!table.isPartition || serverVersionNum < 170_000) return table;
  const columns = table.columns.map(column => ({ ...column, identity: null, identityOptions: null }));
  return { ...table, columns };
}
