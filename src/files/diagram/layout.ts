import type { DiagramModel, Entity } from "./model.ts";

/** The place of a table, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const LINE_HEIGHT = 20;
export const PADDING = 10;
const CHARACTER_WIDTH = 7;
const COLUMN_GAP = 70;
const ROW_GAP = 24;
/** The maximum height of a column with more than one table. */
const MAX_HEIGHT = 1_000;

/** Places tables in columns from left to right: referenced tables are left of the tables that refer to them. */
export function layout({ entities, links }: DiagramModel): ReadonlyMap<Entity, Box> {
  const depth = moveToReferrers({ entities, links }, referenceDepths({ entities, links }));
  const layers = Map.groupBy(entities, entity => depth.get(entity)!);
  const boxes = new Map<Entity, Box>();
  let x = PADDING;
  for (const [, layer] of [...layers].sort(([a], [b]) => a - b)) {
    const ordered = sortByReferences(layer, links, boxes);
    for (const column of columnsOf(ordered)) {
      const width = Math.max(...column.map(widthOf));
      let y = PADDING;
      for (const entity of column) {
        const height = heightOf(entity);
        boxes.set(entity, { x, y, width, height });
        y += height + ROW_GAP;
      }
      x += width + COLUMN_GAP;
    }
  }
  return boxes;
}

/** The length of the longest chain of foreign keys from each table; a cycle ends where it began. */
function referenceDepths({ entities, links }: DiagramModel): ReadonlyMap<Entity, number> {
  const targets = Map.groupBy(links, ({ from }) => from);
  const depth = new Map<Entity, number>();
  const visit = (entity: Entity, path: ReadonlySet<Entity>): number => {
    const known = depth.get(entity);
    if (known !== undefined) return known;
    const inner = new Set([...path, entity]);
    const others = (targets.get(entity) ?? []).map(({ to }) => to).filter(to => !inner.has(to));
    const found = Math.max(-1, ...others.map(to => visit(to, inner))) + 1;
    depth.set(entity, found);
    return found;
  };
  for (const entity of entities) visit(entity, new Set());
  return depth;
}

// Moves a table next to the first one that refers to it, which keeps the line short.
function moveToReferrers(
  { entities, links }: DiagramModel,
  depth: ReadonlyMap<Entity, number>,
): ReadonlyMap<Entity, number> {
  const moved = new Map(depth);
  const referrers = Map.groupBy(links, ({ to }) => to);
  for (const entity of entities.toSorted((a, b) => depth.get(b)! - depth.get(a)!)) {
    const own = depth.get(entity)!;
    const deeper = (referrers.get(entity) ?? []).map(({ from }) => moved.get(from)!).filter(at => at > own);
    if (deeper.length > 0) moved.set(entity, Math.min(...deeper) - 1);
  }
  return moved;
}

// Sorts tables by the height of the tables that they refer to, so that few lines cross.
function sortByReferences(
  layer: readonly Entity[],
  links: DiagramModel["links"],
  boxes: ReadonlyMap<Entity, Box>,
): readonly Entity[] {
  const middle = (entity: Entity): number => {
    const found = links.filter(({ from }) => from === entity).flatMap(({ to }) => boxes.get(to) ?? []);
    return found.length === 0
      ? Number.POSITIVE_INFINITY
      : found.reduce((sum, { y, height }) => sum + y + height / 2, 0) / found.length;
  };
  const places = new Map(layer.map(entity => [entity, middle(entity)]));
  return layer.toSorted((a, b) => {
    const [one, other] = [places.get(a)!, places.get(b)!];
    return one === other ? 0 : one - other;
  });
}

function columnsOf(entities: readonly Entity[]): readonly (readonly Entity[])[] {
  const columns: Entity[][] = [];
  let height = Number.POSITIVE_INFINITY;
  for (const entity of entities) {
    const own = heightOf(entity) + ROW_GAP;
    if (height + own > MAX_HEIGHT) {
      columns.push([]);
      height = 0;
    }
    columns.at(-1)!.push(entity);
    height += own;
  }
  return columns;
}

function heightOf({ columns }: Entity): number {
  return (columns.length + 1) * LINE_HEIGHT + PADDING;
}

function widthOf({ name, columns }: Entity): number {
  const longest = Math.max(
    Bun.stringWidth(name) * 1.1,
    ...columns.map(column => Bun.stringWidth(column.name) + Bun.stringWidth(column.type) + 5),
  );
  return Math.ceil(longest * CHARACTER_WIDTH) + 2 * PADDING;
}
