import { ValueError } from "../errors.ts";
import type { Codec, Problem } from "./codec.ts";
import { compareNumbers, parseDecimal } from "./decimal.ts";
import type { JsonForms, JsonSchema } from "./json-forms.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

/** Precision and scale of a numeric column. */
export interface NumericModifier {
  readonly precision: number;
  readonly scale: number;
}

/**
 * A quick test that is true for most valid numbers and strings of a numeric column, and false for every invalid value.
 * The exact rule decides the others.
 */
function plainDecimalTest(modifier: NumericModifier | null): (value: unknown) => boolean {
  if (modifier === null) return isPlain;
  const { precision, scale } = modifier;
  const whole = precision - scale;
  if (whole < 1 || scale < 0) return () => false;
  const pattern = new RegExp(`^-?\\d{1,${whole}}${scale === 0 ? "" : `(?:\\.\\d{1,${scale}})?`}$`);
  const factor = 10 ** scale;
  const end = scale > EXACT_POWER ? 0 : 10 ** Math.min(precision, 15);
  return value =>
    typeof value === "string"
      ? hasAllDecimals(value, whole, scale) || pattern.test(value)
      : typeof value === "number" && isMultiple(value, factor, end);
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

function isPlain(value: unknown): boolean {
  return typeof value === "string"
    ? value.length <= 1000 && DECIMAL.test(value)
    : typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

// The strings that PostgreSQL prints. A constant pattern is faster than one created for the column.
function hasAllDecimals(text: string, whole: number, scale: number): boolean {
  const point = text.length - scale - 1;
  return point > 0 && point <= whole && text[point] === "." && DECIMAL.test(text);
}

/** The largest power of ten that a double holds exactly. */
const EXACT_POWER = 22;

// The double nearest to a decimal of up to 15 digits is printed as that decimal.
function isMultiple(value: number, factor: number, end: number): boolean {
  const scaled = Math.round(value * factor);
  return Math.abs(scaled) < end && scaled / factor === value;
}

const EXPECTED = "a decimal string, bigint or number";
const TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?$/;
const INFINITE = /^[+-]?infinity$/i;

/** The codec of numeric(p,s): a string with every digit. A value that would be rounded or is out of range is rejected. */
export function numericCodec([precision, scale = 0]: readonly number[]): Codec {
  const modifier = precision === undefined ? null : { precision, scale };
  const isPlain = plainDecimalTest(modifier);
  return scalarCodec<string | number | bigint>({
    form: "string",
    input: "string | number | bigint",
    castType: "numeric",
    family: "numeric",
    parse: String,
    check: value => (isPlain(value) ? undefined : checkNumeric(value, modifier)),
    print: String,
    order: compareNumbers,
    json: numericJson(modifier),
  });
}

// Without exponents, NaN and infinities. A number is limited by the digits before the point only.
function numericJson(modifier: NumericModifier | null): JsonForms {
  if (modifier === null || modifier.scale < 0 || modifier.scale > modifier.precision)
    return decimalJson("+", "+", SAFE);
  const { precision, scale } = modifier;
  const whole = precision - scale;
  const end = 10 ** whole;
  const bounds = whole > 15 ? SAFE : { exclusiveMinimum: -end, exclusiveMaximum: end };
  return decimalJson(
    `{1,${Math.max(whole, 1)}}`,
    `{1,${scale}}`,
    scale === 0 ? { type: "integer", ...bounds } : bounds,
  );
}

// A larger number may already have been rounded.
const SAFE = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

function decimalJson(whole: string, fraction: string, number: JsonSchema): JsonForms {
  const decimals = fraction === "{1,0}" ? "" : `(\\.\\d${fraction})?`;
  const text = { type: "string", pattern: `^-?\\d${whole}${decimals}$` };
  return { input: { anyOf: [text, { type: "number", ...number }] }, row: text };
}

// String(2 ** 60) ends in 000, the number itself in 976.
function isMaybeRounded(value: number): boolean {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isFinite(value);
}

function roundedProblem(value: number): Problem {
  return problem(
    "a decimal string, a bigint or a number up to 2^53 - 1",
    value,
    "a number this large may already have been rounded",
  );
}

function checkNumeric(value: unknown, modifier: NumericModifier | null): Problem | undefined {
  const text =
    typeof value === "string"
      ? value
      : typeof value === "number" || typeof value === "bigint"
        ? String(value)
        : undefined;
  if (text === undefined) return problem(EXPECTED, value);
  if (typeof value === "number" && isMaybeRounded(value)) return roundedProblem(value);
  if (text === "NaN") return undefined;
  if (INFINITE.test(text))
    return modifier === null
      ? undefined
      : problem(expectedFor(modifier), value, "a column with a precision cannot hold infinity");
  return TEXT.test(text) ? checkFit(text, value, modifier) : problem(EXPECTED, value);
}

// numeric holds 131072 digits before the decimal point and 16383 after it, trailing zeros included.
function checkFit(text: string, value: unknown, modifier: NumericModifier | null): Problem | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return problem(EXPECTED, value);
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const written = (mantissa.split(".")[1]?.length ?? 0) - Number(exponent);
  const point = decimal.digits.length - decimal.scale;
  if (written > 16383 || point > 131072) return problem("a number in the range of numeric", value);
  if (modifier === null || decimal.digits === "") return undefined;
  if (decimal.scale > modifier.scale)
    return problem(expectedFor(modifier), value, `it would be rounded to ${modifier.scale} decimal places`);
  if (point > modifier.precision - modifier.scale)
    return problem(expectedFor(modifier), value, "it has too many digits before the decimal point");
  return undefined;
}

function expectedFor({ precision, scale }: NumericModifier): string {
  return `a number with at most ${precision} digits, ${scale} of them after the decimal point`;
}

// PostgreSQL prints money in the locale's format ($1,234.56), so money is read as numeric. Most locales have 2 decimal places.
export const moneyCodec = (): Codec => {
  const digits = numericCodec([19, 2]);
  return scalarCodec<string | number | bigint>({
    form: "string",
    input: "string | number | bigint",
    castType: "numeric::money",
    family: "numeric",
    readCast: "::numeric",
    parse: parseMoney,
    check: value => digits.check(value) ?? checkCents(value),
    print: String,
    json: numericJson({ precision: 19, scale: 2 }),
  });
};

// Inside a composite money cannot be cast to numeric, so only locales that write 1,234.50 can be read.
function parseMoney(text: string): string {
  const match = /^(-?)\$?([\d,]+)(\.\d\d)$/.exec(text);
  if (match === null)
    throw new ValueError(`the money value ${text} cannot be read in this locale; cast it to numeric`);
  return `${match[1]}${match[2]!.replaceAll(",", "")}${match[3]}`;
}

// In cents; PostgreSQL's limit, 2^63 - 1, is slightly larger.
const SURELY_MONEY = 9e16;

function checkCents(value: unknown): Problem | undefined {
  if (Math.abs(Number(value)) < SURELY_MONEY) return undefined;
  const cents = centsOf(String(value));
  return cents >= -(2n ** 63n) && cents <= 2n ** 63n - 1n
    ? undefined
    : problem("an amount in the range of money", value);
}

function centsOf(text: string): bigint {
  const decimal = parseDecimal(text);
  if (decimal === undefined || text === "NaN") return 2n ** 64n;
  const cents = BigInt(decimal.digits || "0") * 10n ** BigInt(2 - decimal.scale);
  return decimal.negative ? -cents : cents;
}
