import {
  type Box,
  HEAD_HEIGHT,
  heightOf,
  LANE,
  LINE_HEIGHT,
  lineMiddle,
  PADDING,
  ROW_GAP,
  widthOf,
} from "./box.ts";
import { entityColumns } from "./columns.ts";
import { areaOf, isolatedBlock } from "./isolated-block.ts";
import type { DiagramModel, Entity, EntityLink } from "./model.ts";
import { entityOrder } from "./order.ts";
import { gapHeight, type Route, routesOf } from "./routes.ts";
import { type Segment, tracksOf } from "./tracks.ts";

/** A corner of a line. */
export type Point = readonly [x: number, y: number];

/** The places of tables and lines, in pixels. */
export interface Layout {
  readonly boxes: ReadonlyMap<Entity, Box>;
  /** The corners of each line, from the column of the foreign key to the referenced table. */
  readonly lines: ReadonlyMap<EntityLink, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

const MIN_GUTTER = 40;
const GUTTER_MARGIN = 16;

/**
 * Places linked tables in columns and their lines in the gutters between them. A line passes a column only between two
 * tables. Tables without links are in a block below.
 */
export function layout(model: DiagramModel): Layout {
  const { linked, isolated } = entityOrder(model);
  const columns = entityColumns(linked, model, areaOf(isolated));
  const { routes, lanes } = routesOf(columns, model.links);
  const rows = rowsOf(columns, lanes);
  const ways = routes.map(route => heightsOf(route, rows, portOf(routes, rows, route)));
  const { tracks, gutters } = gutterTracks(routes, ways, columns.length);
  const starts = columnStarts(columns, gutters);
  const boxes = new Map<Entity, Box>();
  for (const [index, column] of columns.entries()) {
    const width = Math.max(...column.map(widthOf));
    for (const entity of column)
      boxes.set(entity, { x: starts[index]!, y: rows.tops.get(entity)!, width, height: heightOf(entity) });
  }
  const gutterStart = (gutter: number): number =>
    (starts[gutter] ?? rightOf(boxes) + gutters[gutter]!) - gutters[gutter]!;
  const lines = routes.map((route, index): [EntityLink, readonly Point[]] => {
    const xs = tracks[index]!.map(
      (track, part) => gutterStart(route.gutters[part]!) + GUTTER_MARGIN + track * LANE,
    );
    return [route.link, corners(route, boxes, xs, ways[index]!)];
  });
  const width = Math.max(0, rightOf(boxes) + (gutters.at(-1) ?? 0));
  const block = isolatedBlock(isolated, width, columns.length === 0 ? PADDING : rows.bottom + 2 * ROW_GAP);
  for (const [entity, box] of block) boxes.set(entity, box);
  return {
    boxes,
    lines: new Map(lines),
    width: Math.max(width, rightOf(block)) + PADDING,
    height: Math.max(rows.bottom, ...[...block.values()].map(({ y, height }) => y + height)) + PADDING,
  };
}

function rightOf(boxes: ReadonlyMap<Entity, Box>): number {
  return Math.max(0, ...[...boxes.values()].map(({ x, width }) => x + width));
}

interface Rows {
  /** The top of each table. */
  readonly tops: ReadonlyMap<Entity, number>;
  /** The top of each gap of each column. */
  readonly gaps: readonly (readonly number[])[];
  readonly bottom: number;
}

function rowsOf(columns: readonly (readonly Entity[])[], lanes: readonly (readonly number[])[]): Rows {
  const tops = new Map<Entity, number>();
  let bottom = 0;
  const gaps = columns.map((column, index) => {
    let y = 0;
    const starts = column.map((entity, row) => {
      const start = y;
      y += gapHeight(lanes[index]![row]!);
      tops.set(entity, y);
      y += heightOf(entity);
      return start;
    });
    const below = lanes[index]!.at(-1)!;
    bottom = Math.max(bottom, y + (below === 0 ? 0 : gapHeight(below)));
    return [...starts, y];
  });
  return { tops, gaps, bottom };
}

// The heights between which a line is vertical: its column, its lanes in the gaps, its end.
function heightsOf({ link, gaps }: Route, rows: Rows, end: number): readonly number[] {
  return [
    sourceY(link, rows),
    ...gaps.map(({ column, index, lane }) => rows.gaps[column]![index]! + (ROW_GAP + LANE) / 2 + lane * LANE),
    end,
  ];
}

function sourceY({ from, columns }: EntityLink, { tops }: Rows): number {
  return tops.get(from)! + lineMiddle(from.columns.findIndex(({ name }) => name === columns[0]));
}

// Lines enter a side of a table at its head and between its columns, or evenly if there are too many.
function portOf(routes: readonly Route[], rows: Rows, route: Route): number {
  const { to } = route.link;
  const entering = routes
    .filter(other => other.link.to === to && other.enters === route.enters)
    .toSorted((a, b) => sourceY(a.link, rows) - sourceY(b.link, rows));
  const index = entering.indexOf(route);
  const top = rows.tops.get(to)!;
  const ports = to.columns.length;
  if (entering.length === 1) return top + HEAD_HEIGHT / 2;
  if (entering.length <= ports)
    return top + HEAD_HEIGHT + (index - 0.5) * LINE_HEIGHT + (index === 0 ? 0 : LINE_HEIGHT / 2);
  return top + PADDING / 2 + (index * (heightOf(to) - PADDING)) / (entering.length - 1);
}

function gutterTracks(
  routes: readonly Route[],
  ways: readonly (readonly number[])[],
  columns: number,
): { readonly tracks: readonly (readonly number[])[]; readonly gutters: readonly number[] } {
  const segments: Segment[][] = Array.from({ length: columns + 1 }, () => []);
  const own = routes.map(({ gutters }, route) =>
    gutters.map((gutter, part) => {
      const segment = { from: ways[route]![part]!, to: ways[route]![part + 1]! };
      segments[gutter]!.push(segment);
      return segment;
    }),
  );
  const found = segments.map(tracksOf);
  const trackOf = new Map(
    segments.flatMap((list, gutter) =>
      list.map((segment, index) => [segment, found[gutter]![index]!] as const),
    ),
  );
  return {
    tracks: own.map(list => list.map(segment => trackOf.get(segment)!)),
    gutters: found.map((tracks, gutter) => gutterWidth(tracks, gutter === 0 || gutter === columns)),
  };
}

function gutterWidth(tracks: readonly number[], isOuter: boolean): number {
  if (tracks.length === 0 && isOuter) return PADDING;
  return Math.max(isOuter ? 0 : MIN_GUTTER, 2 * GUTTER_MARGIN + Math.max(...tracks, 0) * LANE);
}

function columnStarts(
  columns: readonly (readonly Entity[])[],
  gutters: readonly number[],
): readonly number[] {
  let x = 0;
  return columns.map((column, index) => {
    const start = x + gutters[index]!;
    x = start + Math.max(...column.map(widthOf));
    return start;
  });
}

function corners(
  { link, leaves, enters, gutters }: Route,
  boxes: ReadonlyMap<Entity, Box>,
  xs: readonly number[],
  heights: readonly number[],
): readonly Point[] {
  const [source, target] = [boxes.get(link.from)!, boxes.get(link.to)!];
  const start = leaves === "right" ? source.x + source.width : source.x;
  const end = enters === "right" ? target.x + target.width : target.x;
  return [
    [start, heights[0]!],
    ...gutters.flatMap((_, part): Point[] => [
      [xs[part]!, heights[part]!],
      [xs[part]!, heights[part + 1]!],
    ]),
    [end, heights.at(-1)!],
  ];
}
