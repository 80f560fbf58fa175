import type { Codec, Problem } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

/** bit(n) accepts exactly n bits. The cast is to varbit, because `::bit` means bit(1), which truncates. */
export function bitCodec(length: number | undefined): Codec {
  return length === undefined
    ? bitsCodec(BITS, () => true, "*")
    : bitsCodec(`${BITS} of length ${length}`, value => value.length === length, `{${length}}`);
}

/** varbit(n) accepts at most n bits. */
export function varbitCodec(maxLength: number | undefined): Codec {
  return maxLength === undefined
    ? bitsCodec(BITS, () => true, "*")
    : bitsCodec(
        `${BITS} of length ${maxLength} or less`,
        value => value.length <= maxLength,
        `{0,${maxLength}}`,
      );
}

const BITS = "a string of 0s and 1s";

function bitsCodec(expected: string, isValid: (value: string) => boolean, count: string): Codec {
  const check = (value: unknown): Problem | undefined =>
    typeof value === "string" && /^[01]*$/.test(value) && isValid(value)
      ? undefined
      : problem(expected, value);
  return stringCodec({
    castType: "varbit",
    family: "bits",
    json: { input: { type: "string", pattern: `^[01]${count}$` } },
    check,
  });
}
