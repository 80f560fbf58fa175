import type { Codec } from "./codec.ts";
import { problem } from "./received.ts";
import { sameText } from "./scalar.ts";

/** An enum: exactly one of its labels. */
export function enumCodec(castType: string, labels: readonly string[]): Codec {
  const known: ReadonlySet<unknown> = new Set(labels);
  const expected = `one of ${labels.map(label => JSON.stringify(label)).join(", ")}`;
  return Object.freeze({
    form: labels.length === 0 ? "never" : labels.map(label => JSON.stringify(label)).join(" | "),
    castType,
    readCast: "",
    decode: null,
    parse: sameText,
    check: (value: unknown) => (known.has(value) ? undefined : problem(expected, value)),
    print: sameText as (value: never) => string,
    equals: "=",
    shape: Object.freeze({ kind: "enum", labels }),
  });
}
