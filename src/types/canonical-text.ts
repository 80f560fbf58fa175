import { ValueError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { dayOf, requireIso } from "./date.ts";
import { parseDecimal } from "./decimal.ts";
import { hasDates } from "./holds-dates.ts";
import { microsecondsOf } from "./timestamp.ts";

/** Returns a text that is equal for all printed values that are equal for PostgreSQL. */
export type CanonicalText = (text: string) => string;

const sameText: CanonicalText = text => text;

/** The canonical text of a type's values; undefined if only PostgreSQL knows which values are equal. */
export function canonicalText({ shape, castType }: Codec): CanonicalText | undefined {
  if (shape.kind === "enum") return sameText;
  if (shape.kind !== "scalar") return undefined;
  switch (shape.family) {
    case "integer":
    case "boolean":
    case "bytes":
    case "bits":
      return sameText;
    case "bigint":
      return text => String(BigInt(text));
    case "numeric":
      return canonicalDecimal;
    case "float":
      return castType === "float4" ? text => canonicalFloat(text, Math.fround) : canonicalFloat;
    default:
      return CANONICAL[castType];
  }
}

/** Whether two texts are certainly the same value; false too if only PostgreSQL knows, and for a text that the type does not have. */
export function isSameText(codec: Codec, text: string, other: string): boolean {
  if (text === other) return true;
  const { shape, print, parse } = codec;
  const isWhole = shape.kind === "scalar" || shape.kind === "enum";
  // A Date has no microseconds.
  if (!isWhole && hasDates(codec)) return false;
  // PostgreSQL quotes the parts of arrays, ranges and composite values only if it must.
  const canonical = isWhole ? canonicalText(codec) : (one: string): string => print(parse(one));
  try {
    return canonical !== undefined && canonical(text) === canonical(other);
  } catch {
    return false;
  }
}

const CANONICAL: Readonly<Record<string, CanonicalText>> = {
  text: sameText,
  varchar: sameText,
  name: sameText,
  bpchar: text => text.replace(/ +$/, ""),
  uuid: text => text.replaceAll(/[^\da-f]/gi, "").toLowerCase(),
  date: text => String(dayOf(requireIso(text))),
  timestamp: text => microsecondsOf(requireIso(text)),
  timestamptz: text => microsecondsOf(requireIso(text)),
};

function canonicalDecimal(text: string): string {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return text.toLowerCase().replace("+", "");
  const { negative, digits, scale } = decimal;
  return `${negative ? "-" : ""}${digits}e${-scale}`;
}

// 0 and -0 are equal, and their strings are.
function canonicalFloat(text: string, round: (value: number) => number = value => value): string {
  const value = Number(text);
  if (Number.isNaN(value) && text !== "NaN") throw new ValueError(`${JSON.stringify(text)} is not a number`);
  return String(round(value));
}
