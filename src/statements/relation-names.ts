import { UnknownNameError } from "../errors.ts";
import { nearest } from "../schema/nearest.ts";
import { isInheritedFrom, referencedRelations, referringRelations } from "../schema/referrers.ts";
import { findRelation, relationNamed, relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";

/** The related table of a relation's name; throws UnknownNameError with the nearest relations. */
export function relatedRelation(
  schema: AnySchema,
  relation: Relation,
  name: string,
  { table }: { readonly table?: string },
): Relation {
  try {
    return relationOf(schema, table ?? name);
  } catch (error) {
    if (!(error instanceof UnknownNameError) || table !== undefined) throw error;
    const direct = namesOf(schema, directRelations(schema, relation));
    const all = [...direct, ...namesOf(schema, farRelations(schema, relation))];
    const hint = nearest(name, all) || `; its relations are ${direct.join(", ") || "none"}`;
    throw new UnknownNameError(`${relation.key} has no relation ${JSON.stringify(name)}${hint}`);
  }
}

/** Whether a name is that of a table with rows that are related to those of a relation. */
export function isRelated(schema: AnySchema, relation: Relation, name: string): boolean {
  const target = findRelation(schema, name);
  if (target === undefined) return false;
  return directRelations(schema, relation).has(target) || farRelations(schema, relation).has(target);
}

function directRelations(schema: AnySchema, relation: Relation): ReadonlySet<Relation> {
  return new Set([...referringRelations(schema, relation), ...referencedRelations(schema, relation)]);
}

/** The tables that a row is related to through a junction table. */
function farRelations(schema: AnySchema, relation: Relation): ReadonlySet<Relation> {
  const targets = [...referringRelations(schema, relation)].flatMap(({ foreignKeys }) =>
    foreignKeys.map(({ references }) => relationNamed(schema, references)),
  );
  const direct = directRelations(schema, relation);
  return new Set(
    targets.filter(one => one !== undefined && one !== relation && !direct.has(one)) as Relation[],
  );
}

function namesOf(schema: AnySchema, related: ReadonlySet<Relation>): readonly string[] {
  return schema.relations
    .filter(other => related.has(other) && !isInheritedFrom(schema, other, other.foreignKeys))
    .map(({ key }) => key);
}
