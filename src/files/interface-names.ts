import type { Relation } from "../schema/snapshot.ts";

/** An identifier for each relation, in PascalCase, each different from the others also when their names are not. */
export function interfaceNames(relations: readonly Relation[]): ReadonlyMap<Relation, string> {
  const used = new Set(RESERVED);
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

// `<name>Row` must not be taken apart from these.
const RESERVED: readonly string[] = ["Tables"];

function pascalCase(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const joined = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^\p{L}/u.test(joined) ? joined : `Table${joined}`;
}
