import type { Codec, Problem } from "./codec.ts";
import { problem } from "./received.ts";
import { stringCodec } from "./scalar.ts";

/** bit(n) takes exactly n bits. Its cast is to varbit: `::bit` would mean bit(1) and cut. */
export function bitCodec(typmod: number): Codec {
  return bitsCodec(typmod < 0 ? undefined : typmod, value => value.length === typmod || typmod < 0);
}

/** varbit(n) takes at most n bits. */
export function varbitCodec(typmod: number): Codec {
  return bitsCodec(typmod < 0 ? undefined : typmod, value => typmod < 0 || value.length <= typmod);
}

function bitsCodec(length: number | undefined, fits: (value: string) => boolean): Codec {
  const expected = length === undefined ? "a string of 0 and 1" : `a string of ${length} times 0 or 1`;
  const check = (value: unknown): Problem | undefined =>
    typeof value === "string" && /^[01]*$/.test(value) && fits(value) ? undefined : problem(expected, value);
  return stringCodec({
    castType: "varbit",
    family: "bits",
    check,
  });
}
