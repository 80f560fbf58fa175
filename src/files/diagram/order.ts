import type { DiagramModel, Entity } from "./model.ts";

/** The tables in an order in which linked tables are near each other, and the tables without links. */
export interface EntityOrder {
  readonly linked: readonly Entity[];
  readonly isolated: readonly Entity[];
}

export function entityOrder(model: DiagramModel): EntityOrder {
  const neighbors = neighborsOf(model);
  const isolated = model.entities.filter(entity => neighbors.get(entity)!.length === 0);
  const components = componentsOf(
    model.entities.filter(entity => !isolated.includes(entity)),
    neighbors,
  );
  const linked = components
    .toSorted((a, b) => b.length - a.length)
    .flatMap(component => settle(component, neighbors));
  return { linked, isolated };
}

type Neighbors = ReadonlyMap<Entity, readonly Entity[]>;

function neighborsOf({ entities, links }: DiagramModel): Neighbors {
  const neighbors = new Map<Entity, Entity[]>(entities.map(entity => [entity, []]));
  for (const { from, to } of links) {
    neighbors.get(from)!.push(to);
    neighbors.get(to)!.push(from);
  }
  return neighbors;
}

function componentsOf(entities: readonly Entity[], neighbors: Neighbors): readonly (readonly Entity[])[] {
  const seen = new Set<Entity>();
  return entities.flatMap(entity => {
    if (seen.has(entity)) return [];
    const component = breadthFirst(entity, neighbors);
    for (const one of component) seen.add(one);
    return [breadthFirst(component.at(-1)!, neighbors)];
  });
}

// From one end of the component, so that linked tables follow each other.
function breadthFirst(start: Entity, neighbors: Neighbors): readonly Entity[] {
  const found = new Set([start]);
  for (const entity of found) for (const next of neighbors.get(entity)!) found.add(next);
  return [...found];
}

const ROUNDS = 30;

/** Moves each table towards the middle of its neighbors, as long as the links become shorter. */
function settle(component: readonly Entity[], neighbors: Neighbors): readonly Entity[] {
  let best = component;
  let order = component;
  for (let round = 0; round < ROUNDS; round++) {
    const places = placesOf(order);
    const wanted = new Map(order.map(entity => [entity, middleOf(entity, places, neighbors)]));
    order = order.toSorted((a, b) => wanted.get(a)! - wanted.get(b)!);
    if (lengthOf(order, neighbors) < lengthOf(best, neighbors)) best = order;
  }
  return best;
}

function placesOf(order: readonly Entity[]): ReadonlyMap<Entity, number> {
  return new Map(order.map((entity, index) => [entity, index]));
}

function middleOf(entity: Entity, places: ReadonlyMap<Entity, number>, neighbors: Neighbors): number {
  const near = neighbors.get(entity)!.map(one => places.get(one)!);
  return (places.get(entity)! + near.reduce((sum, place) => sum + place, 0) / near.length) / 2;
}

function lengthOf(order: readonly Entity[], neighbors: Neighbors): number {
  const places = placesOf(order);
  return order.reduce(
    (sum, entity) =>
      sum +
      neighbors
        .get(entity)!
        .reduce((part, one) => part + Math.abs(places.get(one)! - places.get(entity)!), 0),
    0,
  );
}
