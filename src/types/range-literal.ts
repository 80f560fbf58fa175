import { parseField, printField } from "./record-literal.ts";

/** The bounds of a range as PostgreSQL prints them: `[` and `]` are inclusive, `(` and `)` exclusive. */
export type RangeBounds = "[)" | "[]" | "(]" | "()";

/** The parts of a range literal; a null bound is unbounded. */
export interface RangeTexts {
  readonly lower: string | null;
  readonly upper: string | null;
  readonly bounds: RangeBounds;
}

const BOUND = String.raw`(?:"((?:[^"\\]|\\[\s\S]|"")*)"|((?:[^,()\[\]"\\]|\\[\s\S])*))`;
const RANGE = new RegExp(String.raw`^([\[(])${BOUND},${BOUND}([\])])$`);
const MEMBER = new RegExp(String.raw`[\[(]${BOUND},${BOUND}[\])]`, "y");

/** Prints a range literal (manual 8.17.5). */
export function printRangeLiteral({ lower, upper, bounds }: RangeTexts): string {
  return `${bounds[0]}${printField(lower)},${printField(upper)}${bounds[1]}`;
}

/** Parses a range literal; undefined for other text and for `empty`. */
export function parseRangeLiteral(text: string): RangeTexts | undefined {
  const match = RANGE.exec(text);
  if (match === null) return undefined;
  const [, open, quotedLower, lower, quotedUpper, upper, close] = match;
  return {
    lower: parseField(quotedLower, lower),
    upper: parseField(quotedUpper, upper),
    bounds: `${open}${close}` as RangeBounds,
  };
}

/** The range literals in a multirange literal; undefined for other text. */
export function parseMultirangeLiteral(text: string): readonly string[] | undefined {
  if (text === "{}") return [];
  const ranges: string[] = [];
  let at = 0;
  do {
    MEMBER.lastIndex = at + 1;
    const match = MEMBER.exec(text);
    if (match === null) return undefined;
    ranges.push(match[0]);
    at = MEMBER.lastIndex;
  } while (text[at] === ",");
  return text.startsWith("{") && text[at] === "}" && at === text.length - 1 ? ranges : undefined;
}
