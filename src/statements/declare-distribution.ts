import { ArgumentError } from "../errors.ts";
import { requireOptions } from "../schema/arguments.ts";
import { columnOf, relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Distribution, Relation } from "../schema/snapshot.ts";
import { withRelation } from "./plan-mark.ts";
import { ancestors } from "./scope.ts";

/** The column that decides which node of a cluster has a row, or `"reference"` for a table that every node has. */
export type DeclaredDistribution<Column extends string = string, Table extends string = string> =
  | "reference"
  | {
      readonly column: Column;
      /** A table whose rows with an equal value of its distribution column are on the same node. */
      readonly colocatedWith?: Table;
    };

type Declared = readonly (readonly [table: string, distribution: DeclaredDistribution])[];

/** The snapshot with distributions of tables and of their partitions and children. */
export function declareDistributions(schema: AnySchema, declared: Declared): AnySchema {
  const given = new Map(declared.map(([table, one]) => [relationOf(schema, table).key, one]));
  return declared.reduce((now, [table]) => {
    const { key } = relationOf(schema, table);
    const distribution = { ...distributionOf(schema, given, key, []), declared: true };
    return now.relations
      .filter(one => one.key === key || ancestors(now, one).some(parent => parent.key === key))
      .reduce((snapshot, one) => withDistribution(snapshot, one, distribution), now);
  }, schema);
}

function withDistribution(schema: AnySchema, relation: Relation, distribution: Distribution): AnySchema {
  const known = relation.distribution;
  if (known === undefined) return withRelation(schema, relation, { distribution });
  throw new ArgumentError(
    `declare: ${relation.key} already has the distribution ${known.column ?? "of a reference table"}`,
  );
}

/** The distribution of a table that was declared now or that the snapshot has. */
function distributionOf(
  schema: AnySchema,
  given: ReadonlyMap<string, DeclaredDistribution>,
  table: string,
  seen: readonly string[],
): Pick<Distribution, "column" | "group"> {
  const relation = relationOf(schema, table);
  const own = given.get(relation.key);
  const label = `declare: ${relation.key}: distribution`;
  if (own === undefined) {
    if (relation.distribution !== undefined) return relation.distribution;
    throw new ArgumentError(`${label}: the table has none, so no table can be co-located with it`);
  }
  if (own === "reference") return { column: null, group: "reference" };
  requireOptions(label, own, { column: true, colocatedWith: true });
  const { name, typeKey, type } = columnOf(schema, relation.key, own.column);
  if (own.colocatedWith === undefined) return { column: name, group: relation.key };
  if (seen.includes(relation.key))
    throw new ArgumentError(`${label}: ${seen.join(", ")} are co-located only with each other`);
  const target = relationOf(schema, own.colocatedWith);
  const { column, group } = distributionOf(schema, given, target.key, [...seen, relation.key]);
  if (column === null)
    throw new ArgumentError(`${label}: ${target.key} is a reference table, which is on every node`);
  const other = columnOf(schema, target.key, column);
  if (other.typeKey === typeKey) return { column: name, group };
  throw new ArgumentError(
    `${label}: ${name} is ${type}, but ${target.key}.${column} is ${other.type}; co-located tables need the same type`,
  );
}
