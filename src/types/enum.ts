import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";

/** The codec of an enum: one of its labels. */
export function enumCodec(castType: string, labels: readonly string[]): Codec {
  // Faster than a Set. Without a prototype the object has no other keys.
  const known = Object.create(null) as Record<string, true>;
  for (const label of labels) known[label] = true;
  const expected = `one of ${labels.map(label => JSON.stringify(label)).join(", ")}`;
  const form = labels.length === 0 ? "never" : labels.map(label => JSON.stringify(label)).join(" | ");
  return Object.freeze({
    form,
    input: form,
    castType,
    readCast: "",
    decode: null,
    parse: String,
    check: (value: unknown) =>
      typeof value === "string" && known[value] === true ? undefined : problem(expected, value),
    print: String,
    equals: "=",
    shape: Object.freeze({ kind: "enum", labels }),
  });
}
