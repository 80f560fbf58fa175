import { ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import type { Codec, Problem } from "./codec.ts";
import { problem, problemAt } from "./problem.ts";
import { parseRangeLiteral, printRangeLiteral, type RangeBounds, type RangeTexts } from "./range-literal.ts";

/** A range in a row; a null bound is unbounded. */
export interface Range<Bound = unknown> {
  readonly lower: Bound | null;
  readonly upper: Bound | null;
  readonly bounds: RangeBounds;
}

const EXPECTED = 'a range { lower, upper, bounds: "[)" }, "empty", or text such as "[1,5)"';
const BOUNDS: ReadonlySet<unknown> = new Set(["[)", "[]", "(]", "()"]);
const FIELDS: ReadonlySet<string> = new Set(["lower", "upper", "bounds"]);

/** The codec of a range type: `{ lower, upper, bounds }` or `"empty"`. PostgreSQL's text is also accepted. */
export function rangeCodec(castType: string, subtype: Codec, last?: string): Codec {
  const type = { castType, subtype, last };
  const parse = (text: string): unknown => (text === "empty" ? text : parseRange(subtype, text));
  return Object.freeze({
    form: `Range<${subtype.form}> | "empty"`,
    input: `Range<${subtype.input}> | string`,
    castType,
    readCast: "",
    decode: parse as (value: unknown) => unknown,
    parse,
    check: (value: unknown) => checkRange(type, value),
    print: ((value: Range | string) =>
      typeof value === "string" ? value : printRangeLiteral(boundTexts(subtype, value))) as Codec["print"],
    equals: "=",
    shape: Object.freeze({ kind: "range", subtype }),
  });
}

function parseRange(subtype: Codec, text: string): Range {
  const texts = parseRangeLiteral(text);
  if (texts === undefined) throw new ValueError(`malformed range literal: ${text.slice(0, 100)}`);
  return {
    lower: texts.lower === null ? null : subtype.parse(texts.lower),
    upper: texts.upper === null ? null : subtype.parse(texts.upper),
    bounds: texts.bounds,
  };
}

function boundTexts(subtype: Codec, { lower, upper, bounds }: Range): RangeTexts {
  const text = (bound: unknown): string | null => (bound === null ? null : subtype.print(bound));
  return { lower: text(lower), upper: text(upper), bounds };
}

interface RangeType {
  readonly castType: string;
  readonly subtype: Codec;
  /** The last value of a discrete type, whose ranges are stored as `[)`: the bound after it does not exist. */
  readonly last: string | undefined;
}

function checkRange(type: RangeType, value: unknown): Problem | undefined {
  const { subtype } = type;
  if (value === "empty") return undefined;
  if (typeof value === "string") return checkRangeText(type, value);
  if (!isPlainObject(value) || Object.keys(value).some(key => !FIELDS.has(key)))
    return problem(EXPECTED, value);
  if (!BOUNDS.has(value["bounds"]))
    return problemAt("bounds", problem('"[)", "[]", "(]" or "()"', value["bounds"]));
  return (
    checkBound(subtype, value, "lower") ??
    checkBound(subtype, value, "upper") ??
    checkOrder(subtype, value as unknown as Range) ??
    checkLast(type, value as unknown as Range)
  );
}

function checkRangeText(type: RangeType, value: string): Problem | undefined {
  const texts = parseRangeLiteral(value);
  if (texts === undefined) return problem(EXPECTED, value);
  const { subtype } = type;
  try {
    const { lower, upper } = parseRange(subtype, value);
    return checkRange(type, {
      lower: checkedBound(lower, texts.lower),
      upper: checkedBound(upper, texts.upper),
      bounds: texts.bounds,
    });
  } catch {
    return problem(EXPECTED, value);
  }
}

// A Date has neither the offset nor all digits of its text, which is stored.
function checkedBound(bound: unknown, text: string | null): unknown {
  return bound instanceof Date ? text : bound;
}

function checkBound(
  subtype: Codec,
  range: Record<string, unknown>,
  name: "lower" | "upper",
): Problem | undefined {
  const bound = range[name];
  if (bound === null) return undefined;
  if (bound === undefined) return problemAt(name, problem("a bound or null", bound));
  const rejected = subtype.check(bound);
  return rejected === undefined ? undefined : problemAt(name, rejected);
}

// PostgreSQL rejects a lower bound above the upper bound (22000).
function checkOrder(subtype: Codec, range: Range): Problem | undefined {
  const { lower, upper } = boundTexts(subtype, range);
  if (lower === null || upper === null || subtype.order === undefined) return undefined;
  return subtype.order(lower, upper) > 0
    ? problem(`a lower bound less than or equal to the upper bound`, range.lower)
    : undefined;
}

function checkLast({ subtype, last }: RangeType, range: Range): Problem | undefined {
  if (last === undefined) return undefined;
  const { lower, upper, bounds } = boundTexts(subtype, range);
  const name =
    bounds[0] === "(" && lower === last ? "lower" : bounds[1] === "]" && upper === last ? "upper" : undefined;
  if (name === undefined) return undefined;
  return problemAt(
    name,
    problem("a bound below the type's last value", range[name], "ranges of this type are stored as [)"),
  );
}
