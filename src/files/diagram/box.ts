import type { Entity } from "./model.ts";

/** The place of a table, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const LINE_HEIGHT = 20;
export const PADDING = 10;
/** The height of a table's head. */
export const HEAD_HEIGHT: number = LINE_HEIGHT + 4;
/** The distance between two tables above each other, without lines. */
export const ROW_GAP = 24;
/** The distance between two lines. */
export const LANE = 6;
const CHARACTER_WIDTH = 7;

export function heightOf({ columns }: Entity): number {
  return (columns.length + 1) * LINE_HEIGHT + PADDING;
}

export function widthOf({ name, columns }: Entity): number {
  const longest = Math.max(
    Bun.stringWidth(name) * 1.1,
    ...columns.map(column => Bun.stringWidth(column.name) + Bun.stringWidth(column.type) + 5),
  );
  return Math.ceil(longest * CHARACTER_WIDTH) + 2 * PADDING;
}

/** The middle of a column's line, below the top of its box. */
export function lineMiddle(index: number): number {
  return HEAD_HEIGHT + index * LINE_HEIGHT + LINE_HEIGHT / 2 + 1;
}
