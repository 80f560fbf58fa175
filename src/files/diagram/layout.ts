import type { DiagramModel, Entity } from "./model.ts";

/** Where a table is drawn, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const LINE_HEIGHT = 20;
export const PADDING = 10;
const CHARACTER = 7;
const BETWEEN_COLUMNS = 70;
const BETWEEN_ROWS = 24;
/** A column of tables is not made higher than this, as far as tables themselves are not. */
const HEIGHT = 1_000;

/** Tables in columns from left to right: those that others refer to before those that refer to them. */
export function layout({ entities, links }: DiagramModel): ReadonlyMap<Entity, Box> {
  const depth = beside({ entities, links }, depths({ entities, links }));
  const layers = Map.groupBy(entities, entity => depth.get(entity)!);
  const boxes = new Map<Entity, Box>();
  let x = PADDING;
  for (const [, layer] of [...layers].sort(([a], [b]) => a - b)) {
    const ordered = byNeighbours(layer, links, boxes);
    for (const column of columnsOf(ordered)) {
      const width = Math.max(...column.map(widthOf));
      let y = PADDING;
      for (const entity of column) {
        const height = heightOf(entity);
        boxes.set(entity, { x, y, width, height });
        y += height + BETWEEN_ROWS;
      }
      x += width + BETWEEN_COLUMNS;
    }
  }
  return boxes;
}

/** How many foreign keys lead from a table to one that refers to none; a circle ends where it began. */
function depths({ entities, links }: DiagramModel): ReadonlyMap<Entity, number> {
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

// A table that little refers to stands beside the first that does, which keeps the line short.
function beside(
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

// Each at the height of the tables it refers to, so that lines cross little.
function byNeighbours(
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
    const own = heightOf(entity) + BETWEEN_ROWS;
    if (height + own > HEIGHT) {
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
  return Math.ceil(longest * CHARACTER) + 2 * PADDING;
}
