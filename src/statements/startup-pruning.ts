import { partitionsOf } from "../schema/partitions.ts";
import { isSameName } from "../schema/relation.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";

// PostgreSQL evaluates the casts of text to these types while it plans a statement, because no setting matters for them.
const PLANNED_CASTS: ReadonlySet<string> = new Set([
  ...["int2", "int4", "int8", "oid", "float4", "float8", "numeric", "bool", "uuid", "bytea"],
  ...["text", "varchar", "bpchar", "name", '"char"', "bit", "varbit", "json", "jsonb"],
  ...["inet", "cidr", "macaddr", "macaddr8"],
]);

/**
 * Whether a value of the type must not choose the partitions when a statement starts. PostgreSQL 18 then executes UPDATE and
 * DELETE of a foreign partition with the plan of another partition: it changes that one's rows, or the server crashes.
 */
export function isUnsafeAtStart(schema: AnySchema, relation: Relation, castType: string): boolean {
  if (schema.serverVersionNum < 180_000 || PLANNED_CASTS.has(castType)) return false;
  return hasForeignPartitions(schema, relation);
}

function hasForeignPartitions(schema: AnySchema, relation: Relation): boolean {
  if (relation.kind === "partitioned")
    return partitionsOf(schema, relation).some(({ kind }) => kind === "foreign");
  if (relation.kind !== "view") return false;
  const inner = schema.relations.filter(one => relation.dependsOn.some(name => isSameName(name, one)));
  return inner.some(one => hasForeignPartitions(schema, one));
}
