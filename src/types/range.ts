import { ValueError } from "../errors.ts";
import type { Codec, Problem } from "./codec.ts";
import { isPlainObject } from "./plain-object.ts";
import { parseRangeLiteral, printRangeLiteral, type RangeBounds, type RangeTexts } from "./range-literal.ts";
import { problem, problemAt } from "./received.ts";

/** A range as rows hold it; a null bound is unbounded. */
export interface Range<Bound = unknown> {
  readonly lower: Bound | null;
  readonly upper: Bound | null;
  readonly bounds: RangeBounds;
}

const EXPECTED = 'a range { lower, upper, bounds: "[)" }, "empty", or its text like "[1,5)"';
const BOUNDS: ReadonlySet<unknown> = new Set(["[)", "[]", "(]", "()"]);
const FIELDS: ReadonlySet<string> = new Set(["lower", "upper", "bounds"]);

/** A range type: `{ lower, upper, bounds }` or `"empty"`; PostgreSQL's text is accepted too. */
export function rangeCodec(castType: string, subtype: Codec): Codec {
  const parse = (text: string): unknown => (text === "empty" ? text : parseRange(subtype, text));
  return Object.freeze({
    form: `Range<${subtype.form}> | "empty"`,
    castType,
    readCast: "",
    decode: parse as (value: unknown) => unknown,
    parse,
    check: (value: unknown) => checkRange(subtype, value),
    print: ((value: Range | string) =>
      typeof value === "string" ? value : printRangeLiteral(boundTexts(subtype, value))) as (
      value: never,
    ) => string,
    equals: "=",
    shape: Object.freeze({ kind: "range", subtype }),
  });
}

function parseRange(subtype: Codec, text: string): Range {
  const texts = parseRangeLiteral(text);
  if (texts === undefined) throw new ValueError(`not the text of a range: ${text.slice(0, 100)}`);
  return {
    lower: texts.lower === null ? null : subtype.parse(texts.lower),
    upper: texts.upper === null ? null : subtype.parse(texts.upper),
    bounds: texts.bounds,
  };
}

function boundTexts(subtype: Codec, { lower, upper, bounds }: Range): RangeTexts {
  const text = (bound: unknown): string | null => (bound === null ? null : subtype.print(bound as never));
  return { lower: text(lower), upper: text(upper), bounds };
}

function checkRange(subtype: Codec, value: unknown): Problem | undefined {
  if (value === "empty") return undefined;
  if (typeof value === "string") return checkText(subtype, value);
  if (!isPlainObject(value) || Object.keys(value).some(key => !FIELDS.has(key)))
    return problem(EXPECTED, value);
  if (!BOUNDS.has(value["bounds"]))
    return problemAt("bounds", problem('"[)", "[]", "(]" or "()"', value["bounds"]));
  return (
    checkBound(subtype, value, "lower") ?? checkBound(subtype, value, "upper") ?? checkOrder(subtype, value)
  );
}

function checkText(subtype: Codec, value: string): Problem | undefined {
  const texts = parseRangeLiteral(value);
  if (texts === undefined) return problem(EXPECTED, value);
  try {
    return checkRange(subtype, parseRange(subtype, value));
  } catch {
    return problem(EXPECTED, value);
  }
}

function checkBound(
  subtype: Codec,
  range: Record<string, unknown>,
  name: "lower" | "upper",
): Problem | undefined {
  const bound = range[name];
  if (bound === null) return undefined;
  if (bound === undefined) return problemAt(name, problem("a bound, or null for none", bound));
  const refused = subtype.check(bound);
  return refused === undefined ? undefined : problemAt(name, refused);
}

// PostgreSQL refuses a lower bound above the upper one (22000). Only texts that order like their values are compared.
function checkOrder(subtype: Codec, { lower, upper }: Record<string, unknown>): Problem | undefined {
  if (lower === null || upper === null) return undefined;
  return isAbove(lower, upper)
    ? problem(`a lower bound that is not above the upper one, in ${subtype.castType}`, lower)
    : undefined;
}

function isAbove(lower: unknown, upper: unknown): boolean {
  if (typeof lower === "number" && typeof upper === "number") return lower > upper;
  if (lower instanceof Date && upper instanceof Date) return lower.getTime() > upper.getTime();
  const [a, b] = [String(lower), String(upper)];
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return BigInt(a) > BigInt(b);
  return /^\d{4}-\d\d-\d\d$/.test(a) && /^\d{4}-\d\d-\d\d$/.test(b) && a > b;
}
