/** A decimal number, `digits` × 10^(-scale), without leading or trailing zeros; zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Parses a decimal string exactly; undefined if it is not one. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const leading = (whole + fraction).replace(/^0+/, "");
  const digits = leading.replace(/0+$/, "");
  const scale = fraction.length - Number(exponent) - (leading.length - digits.length);
  return digits === "" ? { negative: false, digits, scale: 0 } : { negative: sign === "-", digits, scale };
}

/** Whether two decimal strings are equal numbers. */
export function sameDecimal(a: string, b: string): boolean {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  if (left === undefined || right === undefined) return false;
  return left.negative === right.negative && left.digits === right.digits && left.scale === right.scale;
}

/**
 * Compares a number exactly: negative, 0 or positive. NaN is the largest
 * and equals itself.
 */
export type NumberOrder = (value: string | number | bigint) => number;

/** Compares two numbers as PostgreSQL prints them. */
export function compareNumbers(a: string, b: string): number {
  return orderTo(b)?.(a) ?? 0;
}

/** A function that compares numbers with a constant; undefined if the constant is not a number. */
export function orderTo(constant: string): NumberOrder | undefined {
  const right = rank(constant);
  if (right === undefined) return undefined;
  const double = Number(constant);
  const isZero = right.decimal?.digits === "";
  const isShort = SHORT.test(constant);
  return value => {
    if (isZero && typeof value === "string" && isAboveZero(value)) return 1;
    // Rounding to doubles preserves the order, so only equal doubles need the exact comparison.
    const number = Number(value);
    if (number < double) return -1;
    if (number > double) return 1;
    const text = String(value);
    return isShort && SHORT.test(text) ? 0 : compareRanked(rank(text)!, right);
  };
}

// A digit from 1 to 9, or the first letter of Infinity or NaN.
function isAboveZero(text: string): boolean {
  return text.charCodeAt(0) > 48;
}

// Different decimals of up to 15 digits are different doubles.
const SHORT = /^-?[\d.]{1,15}$/;

function compareRanked(left: Ranked, right: Ranked): number {
  return left.rank !== right.rank || left.decimal === undefined || right.decimal === undefined
    ? left.rank - right.rank
    : compareDecimals(left.decimal, right.decimal);
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
