import { partsOf } from "../../schema/pg-type.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { relationId } from "./compare.ts";

/** Whether a type is the type of an id, or has a part of that type. */
export function consistsOf(schema: AnySchema, key: string, id: string): boolean {
  const type = schema.types[key];
  if (type === undefined) return false;
  return relationId(type) === id || partsOf(type).some(part => consistsOf(schema, part, id));
}

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
