import { styleText } from "node:util";
import type { ShownColumn } from "./shown-column.ts";

const GAP = "  ";
/** A column is not made narrower than this or its name. */
const NARROW = 6;

/**
 * Rows as lines of aligned columns, numbers to the right.
 * @param width of the terminal, in cells: long values are cut off with `…`; no limit where it is undefined
 */
export function tableText(
  columns: readonly ShownColumn[],
  rows: readonly Readonly<Record<string, unknown>>[],
  width: number | undefined,
): string {
  const cells = rows.map(row => columns.map(column => cellText(column, row[column.name])));
  const names = columns.map(({ name }) => Bun.stringWidth(name));
  const natural = names.map((width, index) =>
    cells.reduce((widest, texts) => Math.max(widest, Bun.stringWidth(texts[index]!)), width),
  );
  const least = names.map(width => Math.max(width, NARROW));
  const available = width === undefined ? Infinity : width - GAP.length * (columns.length - 1);
  const widths = fitted(natural, least, available);
  const line = (texts: readonly string[]): string =>
    cut(
      texts
        .map((text, index) => padded(text, widths[index]!, columns[index]!.isNumber))
        .join(GAP)
        .trimEnd(),
      width,
    );
  const header = line(columns.map(({ name }) => name));
  const rule = cut(widths.map(cellsWide => "-".repeat(cellsWide)).join(GAP), width);
  return [styleText("bold", header, { stream: process.stdout }), rule, ...cells.map(line), ""].join("\n");
}

function cellText({ print }: ShownColumn, value: unknown): string {
  return value === null || value === undefined ? "" : escaped(print(value));
}

// A line break would end the row, and an escape sequence would reach the terminal.
function escaped(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, character => JSON.stringify(character).slice(1, -1));
}

/** The widths, the widest made narrower until all of them fit or none can give way. */
function fitted(natural: readonly number[], least: readonly number[], available: number): readonly number[] {
  const widths = natural.map((width, index) => Math.min(width, Math.max(available, least[index]!)));
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const spare = widths.map((width, index) => (width > least[index]! ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}

function padded(text: string, width: number, isNumber: boolean): string {
  const short = cut(text, width);
  const space = " ".repeat(width - Bun.stringWidth(short));
  return isNumber ? space + short : short + space;
}

function cut(text: string, width: number | undefined): string {
  return width === undefined ? text : Bun.sliceAnsi(text, 0, width, { ellipsis: "…" });
}
