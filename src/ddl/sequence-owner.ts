import { isSameName, type RelationName, type Sequence } from "../schema/relation.ts";

/** Whether a column of the table owns the sequence. */
export function isOwner(table: RelationName, { ownedBy }: Sequence): boolean {
  return ownedBy !== null && isSameName(table, { schema: ownedBy.schema, name: ownedBy.table });
}
