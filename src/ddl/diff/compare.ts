import { relationId } from "../../schema/relation-name.ts";
import type { SchemaObject } from "../../schema/snapshot.ts";

/** An object before and after a migration; undefined on the side where it does not exist. */
export interface Pair<Thing> {
  readonly before: Thing | undefined;
  readonly after: Thing | undefined;
}

/** The objects of both sides by name: existing objects in their order, then new objects. */
export function pairByName<Thing>(
  before: readonly Thing[],
  after: readonly Thing[],
  nameOf: (thing: Thing) => string,
): readonly Pair<Thing>[] {
  const old = new Map(before.map(thing => [nameOf(thing), thing]));
  const now = new Map(after.map(thing => [nameOf(thing), thing]));
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].map(name => ({ before: old.get(name), after: now.get(name) }));
}

/** Whether two definitions are equal, except for the ignored fields. */
export function isSame(before: object, after: object, ignored: readonly string[] = []): boolean {
  return Bun.deepEquals(withoutFields(before, ignored), withoutFields(after, ignored));
}

function withoutFields(thing: object, ignored: readonly string[]): object {
  return Object.fromEntries(Object.entries(thing).filter(([field]) => !ignored.includes(field)));
}

/** The existing object that is equal except for its name and comment, otherwise the new object. */
export function equalOrNew<Thing extends object>(thing: Thing, existing: readonly Thing[]): Thing {
  return (
    existing.find(one => isSame(one, thing, ["name", "comment", "indexComment", "conflictTarget"])) ?? thing
  );
}

/** The ids of what a function or another object depends on. */
export function dependencyIds({
  uses,
  usesFunctions,
}: Pick<SchemaObject, "uses" | "usesFunctions">): readonly string[] {
  return [...uses.map(relationId), ...usesFunctions];
}

/** Sorts objects so that each follows its dependencies; a cycle keeps the given order. */
export function dependencyOrder<Thing>(
  things: readonly Thing[],
  dependenciesOf: (thing: Thing) => readonly Thing[],
): readonly Thing[] {
  const wanted = new Set(things);
  const visited = new Set<Thing>();
  const ordered: Thing[] = [];
  const visit = (thing: Thing): void => {
    if (visited.has(thing)) return;
    visited.add(thing);
    for (const dependency of dependenciesOf(thing)) visit(dependency);
    if (wanted.has(thing)) ordered.push(thing);
  };
  for (const thing of things) visit(thing);
  return ordered;
}
