import { bareEnd, parseField, printField, quotedEnd } from "./record-literal.ts";

/** The bounds of a range as PostgreSQL prints them: `[` and `]` are inclusive, `(` and `)` exclusive. */
export type RangeBounds = "[)" | "[]" | "(]" | "()";

/** The parts of a range literal; a null bound is unbounded. */
export interface RangeTexts {
  readonly lower: string | null;
  readonly upper: string | null;
  readonly bounds: RangeBounds;
}

/** Prints a range literal (manual 8.17.5). */
export function printRangeLiteral({ lower, upper, bounds }: RangeTexts): string {
  return `${bounds[0]}${printField(lower)},${printField(upper)}${bounds[1]}`;
}

/** Parses a range literal; undefined for other text and for `empty`. */
export function parseRangeLiteral(text: string): RangeTexts | undefined {
  const middle = boundEnd(text, 1);
  const end = rangeEnd(text, 0);
  if (end !== text.length) return undefined;
  return {
    lower: parseField(text.slice(1, middle)),
    upper: parseField(text.slice(middle + 1, -1)),
    bounds: `${text[0]}${text.at(-1)}` as RangeBounds,
  };
}

/** The range literals in a multirange literal; undefined for other text. */
export function parseMultirangeLiteral(text: string): readonly string[] | undefined {
  if (text === "{}") return [];
  const ranges: string[] = [];
  let at = 0;
  do {
    const end = rangeEnd(text, at + 1);
    if (end === undefined) return undefined;
    ranges.push(text.slice(at + 1, end));
    at = end;
  } while (text[at] === ",");
  return text.startsWith("{") && text[at] === "}" && at === text.length - 1 ? ranges : undefined;
}

/** The index after the range literal that starts at an index; undefined if none does. */
function rangeEnd(text: string, start: number): number | undefined {
  const middle = boundEnd(text, start + 1);
  const end = boundEnd(text, middle + 1);
  const isRange =
    "[(".includes(text[start] ?? "x") && text[middle] === "," && "])".includes(text[end] ?? "x");
  return isRange ? end + 1 : undefined;
}

const BARE = /[^,()[\]"\\]*/y;

function boundEnd(text: string, start: number): number {
  if (text[start] === '"') return quotedEnd(text, start);
  let at = bareEnd(BARE, text, start);
  while (text[at] === "\\") at = bareEnd(BARE, text, at + 2);
  return at;
}
