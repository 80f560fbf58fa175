import { ArgumentError } from "../errors.ts";
import type { Codec, Family, Problem } from "./codec.ts";
import { problem, problemText } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** Checks that a UTF-8 database can store a string: no NUL, no lone surrogate. */
export function checkText(value: unknown): Problem | undefined {
  if (typeof value !== "string") return problem("a string", value);
  if (value.length <= SHORT && isPlain(value)) return undefined;
  if (value.includes("\0"))
    return problem("a string without NUL characters", value, "PostgreSQL cannot store them");
  return value.isWellFormed() ? undefined : problem("a well-formed string", value, "it has a lone surrogate");
}

/** Throws ArgumentError for a string that PostgreSQL would not receive unchanged; `what` names it. */
export function requireText(what: string, text: string): void {
  const rejected = checkText(text);
  if (rejected !== undefined) throw new ArgumentError(`${what}: ${problemText(rejected)}`);
}

/** Up to this length a loop is faster than the two native functions. */
const SHORT = 16;

// No branch per character: NUL makes the bits negative, a surrogate sets the highest of its 16 bits.
function isPlain(text: string): boolean {
  let bits = 0;
  for (let index = 0; index < text.length; index++) bits |= text.charCodeAt(index) - 1;
  return bits >= 0 && bits < 0x8000;
}

/** The codec of a type whose JavaScript value is PostgreSQL's text; PostgreSQL checks the content. */
export function textCodec(castType: string, family: Family = "text", equals?: null): Codec {
  return stringCodec({
    castType,
    family,
    check: checkText,
    ...(equals === null && { equals }),
  });
}

/** The codec of varchar(n) and char(n), where n counts code points, not UTF-16 units. */
export function boundedTextCodec(castType: "varchar" | "bpchar", limit: number | undefined): Codec {
  if (limit === undefined) return textCodec(castType);
  return {
    ...textCodec(castType),
    check: value => checkText(value) ?? checkLength(value as string, limit),
    json: { input: { type: "string", maxLength: limit } },
  };
}

function checkLength(value: string, limit: number): Problem | undefined {
  if (value.length <= limit) return undefined;
  const length = codePoints(value);
  return length <= limit ? undefined : problem(`at most ${limit} characters`, value, `it has ${length}`);
}

/** The length in code points, as PostgreSQL counts it. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++;
  }
  return text.length - pairs;
}

/** The length in bytes of UTF-8. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The codec of name (63 bytes), which PostgreSQL silently truncates. */
export function bytesTextCodec(castType: string, limit: number): Codec {
  const expected = `at most ${limit} ${limit === 1 ? "byte" : "bytes"} of UTF-8`;
  return {
    ...textCodec(castType),
    check: value =>
      checkText(value) ??
      (utf8Bytes(value as string) <= limit
        ? undefined
        : problem(expected, value, "the rest would be truncated")),
    json: { input: { type: "string", maxLength: limit } },
  };
}

/** The codec of "char", one byte. PostgreSQL 15 and later print and read a byte that is not ASCII as `\351`. */
export function charCodec(hasEscapes: boolean): Codec {
  const codec = bytesTextCodec('"char"', 1);
  const isEscape = (value: unknown): boolean => typeof value === "string" && /^\\[23][0-7]{2}$/.test(value);
  if (!hasEscapes) return codec;
  return {
    ...codec,
    check: value => (isEscape(value) ? undefined : codec.check(value)),
    json: { input: { type: "string", pattern: String.raw`^(?:[\u0001-\u007f]?|\\[23][0-7]{2})$` } },
  };
}
