import { derive } from "./derived.ts";
import type { AnySchema, Relation, RelationName } from "./snapshot.ts";

interface References {
  readonly byName: ReadonlyMap<string, Relation>;
  readonly referrers: ReadonlyMap<Relation, ReadonlySet<Relation>>;
}

const indexOf = derive((relations: readonly Relation[]): References => {
  const byName = new Map(relations.map(relation => [nameKey(relation), relation]));
  const referrers = new Map<Relation, Set<Relation>>(relations.map(relation => [relation, new Set()]));
  for (const relation of relations)
    for (const { references } of relation.foreignKeys)
      referrers.get(byName.get(nameKey(references))!)?.add(relation);
  return { byName, referrers };
});

function nameKey({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name]);
}

/** The relations that have a foreign key to a relation, in the snapshot's order. */
export function referrersOf({ relations }: AnySchema, relation: Relation): ReadonlySet<Relation> {
  return indexOf(relations).referrers.get(relation) ?? new Set();
}

/** The relations that a relation's foreign keys refer to, as far as the snapshot has them. */
export function referencesOf({ relations }: AnySchema, relation: Relation): ReadonlySet<Relation> {
  const { byName } = indexOf(relations);
  const found = relation.foreignKeys.map(({ references }) => byName.get(nameKey(references)));
  return new Set(found.filter(target => target !== undefined));
}
