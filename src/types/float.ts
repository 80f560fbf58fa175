import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { compareNumbers } from "./decimal.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

export const float8Codec = (): Codec =>
  scalarCodec<number>({
    form: "number",
    castType: "float8",
    family: "float",
    parse: parseFloat64,
    check: value => (typeof value === "number" ? undefined : problem("a number", value)),
    print: printFloat,
    order: compareNumbers,
  });

// Halfway to the number after the largest one, whose shortest text is slightly larger than itself: 3.4028235e+38.
const END_FLOAT4 = (2 - 2 ** -24) * 2 ** 127;

/** The codec of float4, which stores the nearest 32-bit value. A number that would become 0 or infinity is rejected, as PostgreSQL does (22003). */
export const float4Codec = (): Codec =>
  scalarCodec<number>({
    form: "number",
    castType: "float4",
    family: "float",
    parse: parseFloat64,
    decode: shortestFloat4,
    json: { input: { type: "number", exclusiveMinimum: -END_FLOAT4, exclusiveMaximum: END_FLOAT4 } },
    check: value => (fitsFloat4(value) ? undefined : problem("a number in the range of float4", value)),
    print: printFloat,
    order: compareNumbers,
  });

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;

// PostgreSQL prints none of the rejected strings; a string from elsewhere would become a different number.
export function parseFloat64(text: string): number {
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number) && (number !== 0 || !/[1-9]/.test(text.replace(/e.*/i, "")))) return number;
  if (/^nan$/i.test(text)) return Number.NaN;
  const sign = INFINITY.exec(text)?.[1];
  if (sign === undefined) throw new ValueError(`${text} is not a number in the range of float8`);
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The text of a number, of which JavaScript prints -0 as 0. */
export function printFloat(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function fitsFloat4(value: unknown): boolean {
  if (typeof value !== "number") return false;
  if (!Number.isFinite(value) || value === 0) return true;
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) && rounded !== 0;
}

/** The number of PostgreSQL's shortest text: 0.1, where the binary protocol returns 0.10000000149011612. */
function shortestFloat4(value: unknown): number {
  const number = Number(value);
  if (!Number.isFinite(number) || (Number.isInteger(number) && Math.abs(number) < WHOLE)) return number;
  // The text protocol returns PostgreSQL's text.
  if (Math.fround(number) !== number) return number;
  // Six digits are always exact, except near zero.
  for (let digits = Math.abs(number) < SMALLEST_NORMAL ? 1 : 6; digits <= 9; digits++) {
    const text = number.toPrecision(digits);
    if (isReadAs(number, Number(text))) return Number(isTie(number, digits) ? evenText(text) : text);
    const next = isPowerOfTwo(number) ? nextDecimal(number, digits) : number;
    if (next !== number && isReadAs(number, next)) return next;
  }
  return number;
}

// JavaScript reads the middle of two floats as one of them; PostgreSQL does not print it.
function isReadAs(float: number, decimal: number): boolean {
  const other = 2 * decimal - float;
  return Math.fround(decimal) === float && (other === float || Math.fround(other) !== other);
}

// Of two decimals at the same distance PostgreSQL prints the even one, JavaScript the larger one.
function isTie(number: number, digits: number): boolean {
  const text = number.toPrecision(digits + 1);
  return Number(text) === number && /5(?:e|$)/.test(text);
}

function evenText(text: string): string {
  return text.replace(/[13579](?=e|$)/, digit => String(Number(digit) - 1));
}

// Below a power of two the floats are twice as dense, so that the nearest decimal can be read as the one below.
function isPowerOfTwo(number: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(number)));
}

function nextDecimal(number: number, digits: number): number {
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(number))) + 1 - digits);
  return Number((number + Math.sign(number) * unit).toPrecision(digits));
}

/** Smaller integers are exact in 32 bits. */
const WHOLE = 2 ** 24;
const SMALLEST_NORMAL = 2 ** -126;
