import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { compareNumbers } from "./decimal.ts";
import type { JsonSchema } from "./json-forms.ts";
import { problem } from "./problem.ts";
import { scalarCodec } from "./scalar.ts";

/** The codec of an integer type whose values are safe integers: int2, int4, oid. */
export function integerCodec(castType: string, low: number, high: number): Codec {
  const expected = `an integer from ${low} to ${high}`;
  return scalarCodec<number>({
    form: "number",
    castType,
    family: "integer",
    parse: text => Number(requireDigits(text)),
    check: value =>
      Number.isInteger(value) && (value as number) >= low && (value as number) <= high
        ? undefined
        : problem(expected, value),
    print: String,
    order: compareNumbers,
    json: { input: { type: "integer", minimum: low, maximum: high } },
  });
}

// JavaScript also reads an empty text and other notations.
function requireDigits(text: string): string {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return text;
  throw new ValueError(`${text} is not an integer`);
}

const INT8_LOW = -(2n ** 63n);
const INT8_HIGH = 2n ** 63n - 1n;
const INT8_EXPECTED = "a 64-bit integer as a decimal string, bigint or safe integer";

/** The codec of int8 in its JavaScript form. The driver returns a string, or a bigint on a handle with `bigint: true`. */
export function int8Codec(form: "string" | "bigint" | "number"): Codec {
  const read = { string: String, bigint: readBigint, number: readSafe }[form];
  return scalarCodec<bigint | number | string>({
    form,
    input: "string | number | bigint",
    castType: "int8",
    family: "bigint",
    decode: read,
    parse: text => read(requireDigits(text)),
    check: value => {
      if (!isInt8(value)) return int8Problem(value);
      return form === "number" ? checkSafe(value) : undefined;
    },
    print: String,
    order: compareNumbers,
    json: { input: { anyOf: [INT8_TEXT, SAFE_INTEGER] }, row: INT8_ROWS[form] },
  });
}

const INT8_TEXT: JsonSchema = { type: "string", pattern: "^-?\\d{1,19}$" };
const SAFE_INTEGER: JsonSchema = {
  type: "integer",
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};
const INT8_ROWS = { string: INT8_TEXT, bigint: { type: "integer" }, number: SAFE_INTEGER };

/** Up to 18 digits are always in range. */
const SURELY_INT8 = /^-?\d{1,18}$/;

function isInt8(value: unknown): boolean {
  if (typeof value === "string") {
    return SURELY_INT8.test(value) || (/^-?\d{19}$/.test(value) && inRange(BigInt(value)));
  }
  return typeof value === "number"
    ? Number.isSafeInteger(value)
    : typeof value === "bigint" && inRange(value);
}

function inRange(value: bigint): boolean {
  return value >= INT8_LOW && value <= INT8_HIGH;
}

function int8Problem(value: unknown): ReturnType<typeof problem> {
  const isRounded = typeof value === "number" && Number.isInteger(value);
  return problem(
    INT8_EXPECTED,
    value,
    isRounded ? "a number this large may already have been rounded" : undefined,
  );
}

function checkSafe(value: unknown): ReturnType<typeof problem> | undefined {
  return Number.isSafeInteger(Number(value))
    ? undefined
    : problem("a safe integer", value, "a number in a row could not hold it");
}

function readBigint(value: unknown): bigint {
  return typeof value === "bigint" ? value : BigInt(String(value));
}

function readSafe(value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new ValueError(
    `${value} is not a safe integer; load the snapshot with types: { int8: "bigint" } or types: { int8: "string" }`,
  );
}
