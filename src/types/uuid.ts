import type { Codec } from "./codec.ts";
import { problem } from "./problem.ts";
import { stringCodec } from "./scalar.ts";

// Manual 8.12: hexadecimal digits in any case, optional braces, an optional hyphen after any group of four.
const UUID = /^(?:[\da-f]{4}-?){7}[\da-f]{4}$|^\{(?:[\da-f]{4}-?){7}[\da-f]{4}\}$/i;
const PLAIN = /^[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}$/;

export const uuidCodec = (): Codec =>
  stringCodec({
    castType: "uuid",
    family: "other",
    json: { input: { type: "string", format: "uuid" } },
    check: value =>
      typeof value === "string" && (PLAIN.test(value) || UUID.test(value))
        ? undefined
        : problem("a UUID", value),
  });
