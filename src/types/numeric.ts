import { ValueError } from "../errors.ts";
import type { Codec, Problem } from "./codec.ts";
import { parseDecimal } from "./decimal.ts";
import { compareNumbers } from "./number-order.ts";
import { type NumericModifier, plainDecimalTest } from "./plain-decimal.ts";
import { problem } from "./received.ts";
import { sameText, scalarCodec } from "./scalar.ts";

const EXPECTED = "a decimal string, bigint or number";
const TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const INFINITE = /^[+-]?infinity$/i;

/** numeric(p,s): a string with every digit in rows; what precision or scale would round or refuse is refused. */
export function numericCodec([precision, scale = 0]: readonly number[]): Codec {
  const modifier = precision === undefined ? null : { precision, scale };
  const isPlain = plainDecimalTest(modifier);
  return scalarCodec<string | number | bigint>({
    form: "string",
    input: "string | number | bigint",
    castType: "numeric",
    family: "numeric",
    parse: sameText,
    check: value => (isPlain(value) ? undefined : checkNumeric(value, modifier)),
    print: String,
    order: compareNumbers,
  });
}

function checkNumeric(value: unknown, modifier: NumericModifier | null): Problem | undefined {
  const text =
    typeof value === "string"
      ? value
      : typeof value === "number" || typeof value === "bigint"
        ? String(value)
        : undefined;
  if (text === undefined) return problem(EXPECTED, value);
  if (text === "NaN") return undefined;
  if (INFINITE.test(text))
    return modifier === null
      ? undefined
      : problem(expectedFor(modifier), value, "a column with a precision has no infinity");
  return TEXT.test(text) ? checkFit(text, value, modifier) : problem(EXPECTED, value);
}

// numeric itself holds 131072 digits before the point and 16383 after it, counted as written.
function checkFit(text: string, value: unknown, modifier: NumericModifier | null): Problem | undefined {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return problem(EXPECTED, value);
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const written = (mantissa.split(".")[1]?.length ?? 0) - Number(exponent);
  const point = decimal.digits.length - decimal.scale;
  if (written > 16383 || point > 131072) return problem("a number that numeric can hold", value);
  if (modifier === null || decimal.digits === "") return undefined;
  if (decimal.scale > modifier.scale)
    return problem(expectedFor(modifier), value, `would be rounded to ${modifier.scale} decimals`);
  if (point > modifier.precision - modifier.scale)
    return problem(expectedFor(modifier), value, "has too many digits before the point");
  return undefined;
}

function expectedFor({ precision, scale }: NumericModifier): string {
  return `a decimal of at most ${precision} digits, ${scale} of them after the point`;
}

// money prints in the locale's way ($1,234.56), so it is read as numeric; lc_monetary decides its decimals, as a rule 2.
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
  });
};

// Inside a composite no cast to numeric can be put; only the plainest locales can be told apart there.
function parseMoney(text: string): string {
  const match = /^(-?)\$?([\d,]+)(\.\d\d)?$/.exec(text);
  if (match === null) throw new ValueError(`${text} is money in a locale of its own: cast it to numeric`);
  return `${match[1]}${match[2]!.replaceAll(",", "")}${match[3] ?? ""}`;
}

// 64 bits of cents are a little more.
const SURELY_MONEY = 9e16;

function checkCents(value: unknown): Problem | undefined {
  if (Math.abs(Number(value)) < SURELY_MONEY) return undefined;
  const cents = centsOf(String(value));
  return cents >= -(2n ** 63n) && cents <= 2n ** 63n - 1n
    ? undefined
    : problem("an amount of money of 64 bits", value);
}

function centsOf(text: string): bigint {
  const decimal = parseDecimal(text);
  if (decimal === undefined || text === "NaN") return 2n ** 64n;
  const cents = BigInt(decimal.digits || "0") * 10n ** BigInt(2 - decimal.scale);
  return decimal.negative ? -cents : cents;
}
