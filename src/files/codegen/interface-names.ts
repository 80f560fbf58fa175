import type { Relation } from "../../schema/snapshot.ts";

/** A unique PascalCase identifier for each relation. */
export function interfaceNames(
  relations: readonly Relation[],
  imports: ReadonlyMap<string, string>,
): ReadonlyMap<Relation, string> {
  // The names of interfaces end in `Row`, `Insert`, `Update` or `Filter`.
  const used = new Set([...imports.keys()].map(name => name.replace(/(Row|Insert|Update|Filter)$/, "")));
  const names = new Map<Relation, string>();
  for (const relation of relations) {
    const wanted = pascalCase(relation.isVisible ? relation.name : `${relation.schema}_${relation.name}`);
    let name = wanted;
    for (let number = 2; used.has(name); number++) name = `${wanted}${number}`;
    used.add(name);
    names.set(relation, name);
  }
  return names;
}

function pascalCase(name: string): string {
  const words = name.split(/[^\p{ID_Continue}]+|_+/u).filter(word => word !== "");
  const joined = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^\p{ID_Start}/u.test(joined) ? joined : `Table${joined}`;
}
