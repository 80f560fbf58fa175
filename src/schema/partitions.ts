import type { OptionNames } from "./arguments.ts";
import { derive } from "./derived.ts";
import { isSameName } from "./relation.ts";
import { relationId } from "./relation-name.ts";
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

/** Whether a relation is a table or a partitioned table, and not a partition. */
export function isWholeTable({ kind, isPartition }: Relation): boolean {
  return (kind === "table" || kind === "partitioned") && !isPartition;
}

/** The partitions of a table, or the tables that inherit from it, without theirs. */
export function childrenOf(
  { relations }: Pick<AnySchema, "relations">,
  table: RelationName,
): readonly Relation[] {
  return relations.filter(({ parents }) => parents.some(parent => isSameName(parent, table)));
}

/** The partitions of a table, and theirs. */
export function partitionsOf(schema: AnySchema, table: RelationName): readonly Relation[] {
  return schema.relations
    .filter(({ isPartition, parents }) => isPartition && isSameName(parents[0]!, table))
    .flatMap(partition => [partition, ...partitionsOf(schema, partition)]);
}

/**
 * Two snapshots without the partitions of tables that are partitioned in the same way in both; a table that is attached,
 * detached or moved remains.
 */
export function withoutCommonPartitions(
  one: AnySchema,
  other: AnySchema,
  isSameWay: (before: Relation, after: Relation) => boolean,
): readonly [AnySchema, AnySchema] {
  const [before, after] = [tablesById(one), tablesById(other)];
  // A partition that is a separate table in the other snapshot is the root of its partitions in both.
  const own = new Set(
    [...one.relations, ...other.relations].filter(({ isPartition }) => !isPartition).map(relationId),
  );
  const isCommon = (id: string): boolean => {
    const [first, second] = [before.get(id), after.get(id)];
    return first !== undefined && second !== undefined && isSameWay(first, second);
  };
  const isInside = (tables: TablesById, id: string): boolean =>
    !tables.has(id) || (!own.has(id) && isCommon(rootId(id, tables, own)));
  const isKept = (relation: Relation): boolean => {
    const id = relationId(relation);
    return !isInside(before, id) || !isInside(after, id);
  };
  return [
    withRelations(one, one.relations.filter(isKept)),
    withRelations(other, other.relations.filter(isKept)),
  ];
}

type TablesById = ReadonlyMap<string, Relation>;

function tablesById({ relations }: AnySchema): TablesById {
  return new Map(relations.map(relation => [relationId(relation), relation]));
}

/** The nearest table that a partition belongs to and that is not a partition in both snapshots. */
function rootId(id: string, tables: TablesById, own: ReadonlySet<string>): string {
  const [parent] = own.has(id) ? [] : (tables.get(id)?.parents ?? []);
  return parent === undefined ? id : rootId(relationId(parent), tables, own);
}

/** The snapshot with some of its relations, and the policies and rules of these. */
function withRelations(schema: AnySchema, relations: readonly Relation[]): AnySchema {
  const ids = new Set(relations.map(relationId));
  return {
    ...schema,
    relations,
    objects: schema.objects.filter(({ on }) => on === undefined || ids.has(relationId(on))),
  };
}
