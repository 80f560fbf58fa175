/** The same thing before and after; undefined where it is not there. */
export interface Matched<Thing> {
  readonly before: Thing | undefined;
  readonly after: Thing | undefined;
}

/** The things of both sides by name: first those of before, in their order, then the new ones. */
export function matched<Thing>(
  before: readonly Thing[],
  after: readonly Thing[],
  nameOf: (thing: Thing) => string,
): readonly Matched<Thing>[] {
  const old = new Map(before.map(thing => [nameOf(thing), thing]));
  const now = new Map(after.map(thing => [nameOf(thing), thing]));
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].map(name => ({ before: old.get(name), after: now.get(name) }));
}

/** Things in an order in which each comes behind those it needs; of a circle, as given. */
export function inOrderOfNeed<Thing>(
  things: readonly Thing[],
  needs: (thing: Thing) => readonly Thing[],
): readonly Thing[] {
  const wanted = new Set(things);
  const visited = new Set<Thing>();
  const ordered: Thing[] = [];
  const visit = (thing: Thing): void => {
    if (visited.has(thing)) return;
    visited.add(thing);
    for (const needed of needs(thing)) visit(needed);
    if (wanted.has(thing)) ordered.push(thing);
  };
  for (const thing of things) visit(thing);
  return ordered;
}

/** Whether two definitions are equal but for these fields. */
export function isSame(before: object, after: object, without: readonly string[] = []): boolean {
  return Bun.deepEquals(fieldsBut(before, without), fieldsBut(after, without));
}

function fieldsBut(thing: object, without: readonly string[]): object {
  return Object.fromEntries(Object.entries(thing).filter(([field]) => !without.includes(field)));
}
