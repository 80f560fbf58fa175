import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";

interface Pairs {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

interface TablePairs extends Pairs {
  readonly table: string;
  readonly through: (Pairs & { readonly table: string }) | undefined;
}

/**
 * The link, in which co-located tables are also joined on their distribution columns: related rows are on the same node, and
 * only by these columns does the engine know it.
 */
export function withinNode<One extends TablePairs>(schema: AnySchema, relation: Relation, link: One): One {
  const target = relationOf(schema, link.table);
  if (link.through === undefined) return { ...link, ...withDistribution(relation, target, link) };
  const junction = relationOf(schema, link.through.table);
  const through = { ...link.through, ...withDistribution(junction, target, link.through) };
  return { ...link, ...withDistribution(relation, junction, link), through };
}

function withDistribution(
  { distribution: own }: Relation,
  { distribution: other }: Relation,
  pairs: Pairs,
): Pairs {
  const { from, to } = pairs;
  if (own?.column == null || other?.column == null || own.group !== other.group) return { from, to };
  const isPaired = from.some((name, index) => name === own.column && to[index] === other.column);
  return isPaired ? { from, to } : { from: [...from, own.column], to: [...to, other.column] };
}
