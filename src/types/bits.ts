import type { Codec, Problem } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** bit(n) accepts exactly n bits. The cast quotes the name, because `::bit` means bit(1), which truncates. */
export function bitCodec(length: number | undefined): Codec {
  return length === undefined
    ? bitsCodec(BIT, BITS, () => true, "*")
    : bitsCodec(BIT, `${BITS} of length ${length}`, value => value.length === length, `{${length}}`);
}

/** varbit(n) accepts at most n bits. */
export function varbitCodec(maxLength: number | undefined): Codec {
  return maxLength === undefined
    ? bitsCodec("varbit", BITS, () => true, "*")
    : bitsCodec(
        "varbit",
        `${BITS} of length ${maxLength} or less`,
        value => value.length <= maxLength,
        `{0,${maxLength}}`,
      );
}

const BIT = `pg_catalog."bit"`;
const BITS = "a string of 0s and 1s";

function bitsCodec(
  castType: string,
  expected: string,
  isValid: (value: string) => boolean,
  count: string,
): Codec {
  const check = (value: unknown): Problem | undefined =>
    typeof value === "string" && /^[01]*$/.test(value) && isValid(value)
      ? undefined
      : problem(expected, value);
  return stringCodec({
    castType,
    family: "bits",
    json: { input: { type: "string", pattern: `^[01]${count}$` } },
    check,
  });
}
