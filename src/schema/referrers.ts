import { derive } from "./derived.ts";
import { isSameName } from "./relation.ts";
import { relationId } from "./relation-name.ts";
import { relationOf } from "./relation-of.ts";
import type { AnySchema, ForeignKey, Relation, RelationName, SchemaSnapshot } from "./snapshot.ts";
import type { TableName } from "./tables.ts";

/** A foreign key that refers to a table, with the table that has it. */
export interface Referrer {
  /** The name of the table that has the foreign key. */
  readonly table: string;
  readonly foreignKey: ForeignKey;
}

/**
 * The foreign keys of all tables that refer to a table.
 * @param schema a snapshot
 * @param table the table's name
 * @returns each referring table with its foreign key, ordered by table
 * @throws UnknownNameError for an unknown table
 * @example `referencedBy(schema, "artist").map(({ table }) => table)` → `["album"]`
 */
export function referencedBy<Tables>(
  schema: SchemaSnapshot<Tables>,
  table: TableName<Tables>,
): readonly Referrer[] {
  return referrersOf(schema, relationOf(schema, table));
}

/** As `referencedBy`, of a relation. */
export function referrersOf(schema: AnySchema, name: RelationName): readonly Referrer[] {
  return schema.relations.flatMap(relation =>
    foreignKeysTo(relation, name).map(foreignKey => ({ table: relation.key, foreignKey })),
  );
}

/** The foreign keys of a relation that refer to a table. */
export function foreignKeysTo({ foreignKeys }: Relation, target: RelationName): readonly ForeignKey[] {
  return foreignKeys.filter(({ references }) => isSameName(references, target));
}

interface References {
  readonly byName: ReadonlyMap<string, Relation>;
  readonly referrers: ReadonlyMap<Relation, ReadonlySet<Relation>>;
}

const indexOf = derive((relations: readonly Relation[]): References => {
  const byName = new Map(relations.map(relation => [relationId(relation), relation]));
  const referrers = new Map<Relation, Set<Relation>>(relations.map(relation => [relation, new Set()]));
  for (const relation of relations)
    for (const { references } of relation.foreignKeys)
      referrers.get(byName.get(relationId(references))!)?.add(relation);
  return { byName, referrers };
});

/** The relations that have a foreign key to a relation, in the snapshot's order. */
export function referringRelations({ relations }: AnySchema, relation: Relation): ReadonlySet<Relation> {
  return indexOf(relations).referrers.get(relation) ?? new Set();
}

/**
 * Whether a relation has foreign keys only as a partition of a table in the snapshot, whose keys they are: the table and its
 * partitions are one junction table.
 */
export function isInheritedFrom(
  { relations }: AnySchema,
  relation: Relation,
  keys: readonly ForeignKey[],
): boolean {
  const [parent] =
    relation.isPartition && keys.every(({ isInherited }) => isInherited) ? relation.parents : [];
  return parent !== undefined && indexOf(relations).byName.has(relationId(parent));
}

/** The relations of the snapshot that a relation's foreign keys refer to. */
export function referencedRelations({ relations }: AnySchema, relation: Relation): ReadonlySet<Relation> {
  const { byName } = indexOf(relations);
  const found = relation.foreignKeys.map(({ references }) => byName.get(relationId(references)));
  return new Set(found.filter(target => target !== undefined));
}
