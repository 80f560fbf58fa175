import type { Place } from "./topology.ts";

const REGIONS = ["north", "south"] as const;

/** Rows of `item` whose ids belong to the check, in both regions. */
export function itemRows({ first }: Place, size: number, name = "new"): { id: number; name: string }[] {
  return Array.from({ length: size }, (_, index) => ({
    ...{ id: first + index, owner_id: 1, region: REGIONS[index % 2], name: `${name} ${index}` },
  }));
}

/** The number of the check's stored items, the sum of their ids relative to the first one, and the greatest name. */
export async function stored({ direct, first }: Place): Promise<unknown[]> {
  const text = `select count(*)::int, coalesce(sum(id - ${first}), 0)::int, max(name) from item
    where id >= ${first} and id < ${first + 1_000}`;
  return (await direct.unsafe(text).values())[0];
}
