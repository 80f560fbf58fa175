import { type Decimal, parseDecimal } from "./decimal.ts";

/** How two numbers as PostgreSQL writes them compare, exactly: below 0, 0, above 0. NaN is the largest and equals itself. */
export type NumberOrder = (text: string) => number;

/** How two numbers as PostgreSQL writes them compare. */
export function compareNumbers(a: string, b: string): number {
  return orderTo(b)?.(a) ?? 0;
}

/** The order of any number to a constant; undefined when the constant is no number. */
export function orderTo(constant: string): NumberOrder | undefined {
  const right = rank(constant);
  if (right === undefined) return undefined;
  const short = right.decimal?.digits === "" ? 0 : shortNumber(constant);
  return text => {
    const quick = short === undefined ? undefined : shortNumber(text);
    if (quick !== undefined) return quick - short!;
    const left = rank(text)!;
    return left.rank !== right.rank || left.decimal === undefined || right.decimal === undefined
      ? left.rank - right.rank
      : compareDecimals(left.decimal, right.decimal);
  };
}

// Decimals of up to 15 digits are different doubles in the same order. A text that gives 0 may be a very small number.
function shortNumber(text: string): number | undefined {
  if (text.length > 15) return undefined;
  const number = Number(text);
  return number !== 0 && Number.isFinite(number) ? number : undefined;
}

interface Ranked {
  /** -1 for -Infinity, 0 for a decimal, 1 for Infinity, 2 for NaN. */
  readonly rank: number;
  readonly decimal?: Decimal;
}

function rank(text: string): Ranked | undefined {
  if (/^nan$/i.test(text)) return { rank: 2 };
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity !== null) return { rank: infinity[1] === "-" ? -1 : 1 };
  const decimal = parseDecimal(text);
  return decimal && { rank: 0, decimal };
}

function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  return a.negative ? -compareSizes(a, b) : compareSizes(a, b);
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === "" || b.digits === "") return Math.sign(a.digits.length - b.digits.length);
  const [left, right] = [a.digits.length - a.scale, b.digits.length - b.scale];
  if (left !== right) return left < right ? -1 : 1;
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1;
}
