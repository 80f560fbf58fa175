import { heightOf, LANE, ROW_GAP, widthOf } from "./box.ts";
import type { DiagramModel, Entity } from "./model.ts";

/** The wanted ratio of width to height. */
const RATIO = 16 / 9;
const MIN_GUTTER = 40;
const STEPS = 60;

/** The linked tables in columns from left to right, so that the picture is about 16:9. */
export function entityColumns(
  order: readonly Entity[],
  model: DiagramModel,
  isolatedArea: number,
): readonly (readonly Entity[])[] {
  if (order.length === 0) return [];
  const lowest = Math.max(...order.map(heightOf));
  const highest = order.reduce((sum, entity) => sum + heightOf(entity) + ROW_GAP, 0);
  const candidates = Array.from({ length: STEPS }, (_, step) =>
    fillColumns(order, lowest * (highest / lowest) ** (step / (STEPS - 1))),
  );
  const misfit = (columns: readonly (readonly Entity[])[]): number =>
    Math.abs(Math.log(ratioOf(columns, model, isolatedArea) / RATIO));
  const best = candidates.reduce((one, other) => (misfit(other) < misfit(one) ? other : one));
  return sortColumns(best, model);
}

function fillColumns(order: readonly Entity[], height: number): readonly (readonly Entity[])[] {
  const columns: Entity[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const entity of order) {
    if (used + heightOf(entity) > height) {
      columns.push([]);
      used = 0;
    }
    columns.at(-1)!.push(entity);
    used += heightOf(entity) + ROW_GAP;
  }
  return columns;
}

// Lines need about a lane in each gutter that they cross, and a third of the gaps.
function ratioOf(
  columns: readonly (readonly Entity[])[],
  { links }: DiagramModel,
  isolatedArea: number,
): number {
  const lanes = (links.length * LANE) / Math.max(1, columns.length);
  const gutters = (columns.length + 1) * Math.max(MIN_GUTTER, lanes);
  const width = columns.reduce((sum, column) => sum + Math.max(...column.map(widthOf)), gutters);
  const height = Math.max(
    ...columns.map(column => column.reduce((sum, one) => sum + heightOf(one) + ROW_GAP, 0)),
  );
  return width / (height + lanes + isolatedArea / width);
}

const ROUNDS = 4;

// Tables of a column in the order of the tables that they are linked to.
function sortColumns(
  columns: readonly (readonly Entity[])[],
  { links }: DiagramModel,
): readonly (readonly Entity[])[] {
  let sorted = columns;
  for (let round = 0; round < ROUNDS; round++) {
    const middles = middlesOf(sorted);
    const wanted = (entity: Entity): number => {
      const near = links.flatMap(({ from, to }) =>
        from === to ? [] : from === entity ? [middles.get(to)!] : to === entity ? [middles.get(from)!] : [],
      );
      return near.length === 0 ? middles.get(entity)! : near.reduce((sum, y) => sum + y, 0) / near.length;
    };
    const places = new Map(sorted.flat().map(entity => [entity, wanted(entity)]));
    sorted = sorted.map(column => column.toSorted((a, b) => places.get(a)! - places.get(b)!));
  }
  return sorted;
}

function middlesOf(columns: readonly (readonly Entity[])[]): ReadonlyMap<Entity, number> {
  return new Map(
    columns.flatMap(column => {
      let y = 0;
      return column.map(entity => {
        const middle = y + heightOf(entity) / 2;
        y += heightOf(entity) + ROW_GAP;
        return [entity, middle] as const;
      });
    }),
  );
}
