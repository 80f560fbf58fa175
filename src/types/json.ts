import type { Codec, Problem } from "./codec.ts";
import { checkJson } from "./json-check.ts";
import {
  MAYBE_INEXACT,
  MAYBE_INEXACT_JSONB,
  parseJson,
  printJson,
  printJsonWithBigints,
} from "./json-text.ts";
import { problem } from "./received.ts";
import { scalarCodec, stringCodec } from "./scalar.ts";
import { checkText } from "./text.ts";

/**
 * json or jsonb, read as text because the driver's own parser rounds large numbers. In form `string` a value is the
 * JSON text itself, both ways.
 */
export function jsonCodec(castType: "json" | "jsonb", form: "parse" | "bigint" | "string"): Codec {
  const equals = castType === "json" ? { equals: null } : {};
  const common = { castType, family: "json", readCast: "::text", ...equals } as const;
  if (form === "string") {
    return stringCodec({
      ...common,
      check: checkJsonText,
    });
  }
  const integers = form === "bigint" ? "bigint" : "refuse";
  const stored = castType === "jsonb" ? MAYBE_INEXACT_JSONB : MAYBE_INEXACT;
  return scalarCodec<unknown>({
    ...common,
    form: form === "bigint" ? "JsonWithBigints" : "Json",
    decode: value => parseJson(value as string, integers, stored),
    parse: text => parseJson(text, integers),
    check: value => checkJson(value, form === "bigint"),
    print: form === "bigint" ? printJsonWithBigints : printJson,
  });
}

function checkJsonText(value: unknown): Problem | undefined {
  const refused = checkText(value);
  if (refused !== undefined) return refused;
  try {
    return checkJson(JSON.parse(value as string), false);
  } catch {
    return problem("a string of JSON text", value);
  }
}
