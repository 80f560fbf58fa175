import { heightOf, LANE, ROW_GAP } from "./box.ts";
import type { Entity, EntityLink } from "./model.ts";

/**
 * The route of a line: it leaves a table, passes columns through the gaps between their tables, and enters another
 * table.
 */
export interface Route {
  readonly link: EntityLink;
  /** The sides at which it leaves and enters; a line within a column is right of it. */
  readonly leaves: Side;
  readonly enters: Side;
  /** The gutters that it crosses, in order; gutter 2 is left of column 2. */
  readonly gutters: readonly number[];
  /** The gaps between these gutters: one fewer. */
  readonly gaps: readonly Gap[];
}

export type Side = "left" | "right";

/** A gap of a column: above the table with this index, or below the last one. */
export interface Gap {
  readonly column: number;
  readonly index: number;
  /** The number of the line in the gap. */
  readonly lane: number;
}

/** The lines, and the number of lines in each gap of each column. */
export interface Routes {
  readonly routes: readonly Route[];
  readonly lanes: readonly (readonly number[])[];
}

/** Finds gaps for all links, near the straight line between their tables. */
export function routesOf(columns: readonly (readonly Entity[])[], links: readonly EntityLink[]): Routes {
  const columnOf = new Map(
    columns.flatMap((column, index) => column.map(entity => [entity, index] as const)),
  );
  const edges = columns.map(edgesOf);
  const middle = new Map(
    columns.flatMap((column, index) =>
      column.map(
        (entity, row) => [entity, edges[index]![row]! + ROW_GAP / 2 + heightOf(entity) / 2] as const,
      ),
    ),
  );
  const lanes = columns.map(column => column.map(() => 0).concat(0));
  const routes = links.map((link): Route => {
    const [a, b] = [columnOf.get(link.from)!, columnOf.get(link.to)!];
    const isForward = a <= b;
    const passed = isForward ? between(a, b) : between(b, a).reverse();
    const target = middle.get(link.to)!;
    let y = middle.get(link.from)!;
    const gaps = passed.map(column => {
      const index = nearestGap(edges[column]!, y, target);
      y = edges[column]![index]!;
      return { column, index, lane: lanes[column]![index]!++ };
    });
    const first = isForward ? a + 1 : a;
    return {
      link,
      leaves: isForward ? "right" : "left",
      enters: a < b ? "left" : "right",
      gaps,
      gutters: [first, ...passed.map(column => (isForward ? column + 1 : column))],
    };
  });
  return { routes, lanes };
}

function between(low: number, high: number): number[] {
  return Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
}

// The middles of the gaps of a column.
function edgesOf(column: readonly Entity[]): readonly number[] {
  let y = -ROW_GAP / 2;
  return [y, ...column.map(entity => (y += heightOf(entity) + ROW_GAP))];
}

function nearestGap(edges: readonly number[], y: number, target: number): number {
  const detour = (edge: number): number => Math.abs(edge - y) + Math.abs(edge - target);
  return edges.reduce((best, edge, index) => (detour(edge) < detour(edges[best]!) ? index : best), 0);
}

/** The height of a gap with lines. */
export function gapHeight(lanes: number): number {
  return ROW_GAP + lanes * LANE;
}
