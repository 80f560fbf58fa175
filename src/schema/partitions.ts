import type { OptionNames } from "./arguments.ts";
import { derive } from "./derived.ts";
import type { AnySchema, Relation, RelationName } from "./snapshot.ts";

/** Options of functions that treat a partitioned table and its partitions as one table. */
export interface PartitionOptions {
  /** Whether partitions count as tables of their own; false by default. */
  readonly partitions?: boolean;
}

export const PARTITION_OPTIONS: OptionNames<PartitionOptions> = { partitions: true };

/** The snapshot without partitions. */
export const withoutPartitions: <Schema extends AnySchema>(schema: Schema) => Schema = derive(
  (schema: AnySchema) =>
    withRelations(
      schema,
      schema.relations.filter(({ isPartition }) => !isPartition),
    ),
) as <Schema extends AnySchema>(schema: Schema) => Schema;

/**
 * Two snapshots without the partitions of tables that are partitioned in the same way in both; a table that is attached or
 * detached remains.
 */
export function withoutCommonPartitions(
  one: AnySchema,
  other: AnySchema,
  isSameWay: (before: Relation, after: Relation) => boolean,
): readonly [AnySchema, AnySchema] {
  const [first, second] = [partitionedTables(one), partitionedTables(other)];
  const common = new Set(
    [...first].flatMap(([id, table]) => {
      const partner = second.get(id);
      return partner !== undefined && isSameWay(table, partner) ? [id] : [];
    }),
  );
  return [withoutPartitionsOf(one, common, other), withoutPartitionsOf(other, common, one)];
}

function withoutPartitionsOf(schema: AnySchema, roots: ReadonlySet<string>, other: AnySchema): AnySchema {
  const byId = new Map(schema.relations.map(relation => [idOf(relation), relation]));
  const single = new Set(other.relations.filter(({ isPartition }) => !isPartition).map(idOf));
  const relations = schema.relations.filter(
    relation => !relation.isPartition || single.has(idOf(relation)) || !roots.has(rootId(relation, byId)),
  );
  return withRelations(schema, relations);
}

/** The snapshot with some of its relations, and the policies and rules of these. */
function withRelations(schema: AnySchema, relations: readonly Relation[]): AnySchema {
  const ids = new Set(relations.map(idOf));
  return {
    ...schema,
    relations,
    objects: schema.objects.filter(({ on }) => on === undefined || ids.has(idOf(on))),
  };
}

function rootId(relation: Relation, byId: ReadonlyMap<string, Relation>): string {
  const parent = relation.isPartition ? byId.get(idOf(relation.parents[0]!)) : undefined;
  return parent === undefined ? idOf(relation) : rootId(parent, byId);
}

function partitionedTables({ relations }: AnySchema): ReadonlyMap<string, Relation> {
  return new Map(
    relations
      .filter(({ kind, isPartition }) => kind === "partitioned" && !isPartition)
      .map(table => [idOf(table), table]),
  );
}

function idOf({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name]);
}
