import { derive } from "../schema/derived.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import { copyRelation } from "./plan-mark.ts";
import { hasChildren } from "./relation-plan.ts";
import { systemColumn } from "./system-column.ts";

/** The system column with the table of a row. */
export const TABLE_OF_ROW = "tableoid";

/**
 * The snapshot whose tables that others inherit from have the system column `tableoid`, which is read only if it is
 * selected.
 */
export const withTableOfRow: (schema: AnySchema) => AnySchema = derive(schema =>
  Object.freeze({ ...schema, relations: relationsWithTable(schema.relations, schema) }),
);

// Scoped snapshots share the relations.
const relationsWithTable = derive((relations: readonly Relation[], schema: AnySchema): readonly Relation[] =>
  relations.map(relation => (hasChildren(schema, relation) ? withSystemColumn(relation) : relation)),
);

function withSystemColumn(relation: Relation): Relation {
  const column = systemColumn(TABLE_OF_ROW, "oid");
  const unselected = { ...column, privileges: { ...column.privileges, select: false } };
  return copyRelation(relation, { columns: [...relation.columns, unselected] });
}
