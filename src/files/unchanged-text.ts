import type { AnySchema, Column } from "../schema/snapshot.ts";
import { unpackModifier } from "../types/modifier.ts";

/**
 * Patterns of fields that PostgreSQL stores as rowfn would, so that they need no validation: it accepts more texts than
 * rowfn does, such as a number that it would round, but none of these. Longer or unusual texts do not match.
 */
const PATTERNS: Readonly<Record<string, (modifier: number) => string | undefined>> = {
  int2: () => INTEGER,
  int4: () => INTEGER,
  int8: () => INTEGER,
  float8: () => "-?\\d{1,7}(?:\\.\\d{1,7})?",
  numeric: numericPattern,
  bool: () => "[tfTF]|true|false|TRUE|FALSE",
  uuid: () => "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  bytea: () => "\\\\x(?:[0-9a-f]{2})*",
  date: () => DATE,
  timestamp: modifier => `${DATE}[ T]${TIME}${decimals(modifier)}`,
  timestamptz: modifier => `${DATE}[ T]${TIME}${decimals(modifier)}(?:Z|[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?)`,
};

const INTEGER = "0|-?[1-9]\\d{0,14}";
const DATE = "[12]\\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d";

function decimals(modifier: number): string {
  const digits = modifier === -1 ? 6 : modifier;
  return digits === 0 ? "" : `(?:\\.\\d{1,${digits}})?`;
}

function numericPattern(modifier: number): string | undefined {
  if (modifier === -1) return "-?\\d{1,300}(?:\\.\\d{1,300})?";
  const [precision = 0, scale = 0] = unpackModifier("numeric", modifier);
  const whole = precision - scale;
  if (whole < 1 || scale < 0) return undefined;
  return `-?\\d{1,${whole}}${scale === 0 ? "" : `(?:\\.\\d{1,${scale}})?`}`;
}

/**
 * The pattern of a field of CSV whose value needs no validation; undefined for a column whose values all do. A field
 * without quotes that is empty is NULL.
 */
export function fieldPattern(
  { types }: AnySchema,
  { typeKey, typmod }: Column,
  delimiter: string,
): string | undefined {
  const plain = `[^"${delimiter}\\n\\r]`;
  const pattern = PATTERNS[typeKey]?.(typmod);
  if (pattern !== undefined) return `(?:${pattern}|"(?:${pattern})")?`;
  if (typeKey === "varchar" && typmod !== -1) {
    const [length = 0] = unpackModifier("length", typmod);
    return length > MAX_LENGTH ? undefined : `(?:"(?:[^"]|""){0,${length}}"|${plain}{0,${length}})`;
  }
  if (typeKey === "_text") return `(?:"\\{${QUOTED}"|\\{${plain}*)?`;
  const isText = TEXTS.has(typeKey) || types[typeKey]?.kind === "enum";
  return isText ? `(?:"${QUOTED}"|${plain}*)` : undefined;
}

const TEXTS: ReadonlySet<string> = new Set(["text", "varchar", "jsonb"]);
const QUOTED = '[^"]*(?:""[^"]*)*';
const MAX_LENGTH = 1_000;

/** Whether a text can contain a JSON number beyond those of a double, which rowfn rejects. */
export function hasExtremeNumber(text: string): boolean {
  return EXTREME_NUMBER.test(text);
}

const EXTREME_NUMBER = /\d[eE]\+?\d{3}|\d{300}/;
