import type { AnySchema } from "../schema/snapshot.ts";
import { exactForms } from "../statements/exact-forms.ts";
import type { Codec } from "../types/codec.ts";
import { codecFor } from "../types/resolve.ts";
import { isRawNumber } from "./read-json.ts";
import { hasRepeatedKey } from "./repeated-key.ts";

/** A type that a column of a file can get, and the values that are written as this type alone. */
interface TextType {
  /** The name for CREATE TABLE. */
  readonly name: string;
  /** pg_type.typname; its codec must accept the value, too. */
  readonly key: string;
  readonly pattern: RegExp;
}

const NUMBER_TYPES: readonly TextType[] = [
  // Leading zeros, a plus and exponents without a sign (12E4) belong to codes; no exact number has the sign of -0.
  { name: "bigint", key: "int8", pattern: /^(?:0|-?[1-9]\d*)$/ },
  { name: "numeric", key: "numeric", pattern: /^(?!-[0.]+(?:e|$))-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?$/i },
];
const BOOLEAN: TextType = {
  name: "boolean",
  key: "bool",
  pattern: /^(?:t|f|true|false|True|False|TRUE|FALSE)$/,
};
const DAY = "\\d{4}-\\d\\d-\\d\\d";
const TIME = `${DAY}[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,6})?)?`;
const STRING_TYPES: readonly TextType[] = [
  { name: "date", key: "date", pattern: new RegExp(`^${DAY}$`) },
  { name: "timestamp", key: "timestamp", pattern: new RegExp(`^${TIME}$`) },
  {
    name: "timestamp with time zone",
    key: "timestamptz",
    pattern: new RegExp(`^${TIME}(?:Z|[+-]\\d\\d(?::?\\d\\d)?)$`),
  },
  { name: "uuid", key: "uuid", pattern: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i },
];
const TEXT: TextType = { name: "text", key: "text", pattern: /^/ };
const JSON_TEXT: TextType = { name: "jsonb", key: "jsonb", pattern: /^\s*[[{]/ };

/** The types of texts in CSV and TSV, the first one that holds all values wins. */
const CSV_TYPES: readonly TextType[] = [...NUMBER_TYPES, BOOLEAN, ...STRING_TYPES, JSON_TEXT];

/** Narrows the type of a column, value by value. */
export interface ColumnDetector {
  readonly add: (value: unknown) => void;
  /** The type that holds all values so far; text without any. */
  readonly type: () => string;
}

/** The type of a column whose values are texts. */
export function textDetector(schema: AnySchema): ColumnDetector {
  const exact = exactForms(schema);
  let types: readonly TextType[] = CSV_TYPES;
  let isEmpty = true;
  return {
    add: value => {
      if (value === null) return;
      isEmpty = false;
      const holds = (type: TextType): boolean => isOfType(exact, type, value as string);
      if (!types.every(holds)) types = types.filter(holds);
    },
    type: () => (isEmpty ? TEXT : (types[0] ?? TEXT)).name,
  };
}

/** The type of a column of JSON, whose numbers, booleans and strings are different; jsonb holds all of them. */
export function jsonDetector(schema: AnySchema): ColumnDetector {
  const exact = exactForms(schema);
  let types: readonly string[] | undefined;
  return {
    add: value => {
      if (value === null) return;
      const own = jsonTypes(exact, value);
      types = types === undefined ? own : types.filter(type => own.includes(type));
    },
    type: () => types?.[0] ?? (types === undefined ? TEXT.name : JSON_TEXT.name),
  };
}

function jsonTypes(schema: AnySchema, value: unknown): readonly string[] {
  const isNegativeZero = Object.is(value, -0);
  if (typeof value === "boolean") return [BOOLEAN.name];
  if (typeof value === "number")
    return isNegativeZero
      ? ["double precision"]
      : [...typeNames(schema, NUMBER_TYPES, String(value)), "double precision"];
  if (isRawNumber(value)) return typeNames(schema, NUMBER_TYPES, value.rawJSON);
  return typeof value === "string" ? typeNames(schema, [...STRING_TYPES, TEXT], value) : [];
}

function typeNames(schema: AnySchema, types: readonly TextType[], text: string): readonly string[] {
  return types.filter(type => isOfType(schema, type, text)).map(({ name }) => name);
}

function isOfType(schema: AnySchema, { key, pattern }: TextType, text: string): boolean {
  if (!pattern.test(text)) return false;
  const codec = codecFor(schema, key, -1);
  return key === "bool" || (key === "jsonb" ? isJson(codec, text) : codec.check(text) === undefined);
}

function isJson(codec: Codec, text: string): boolean {
  try {
    return codec.check(codec.parse(text)) === undefined && !hasRepeatedKey(text, JSON.parse(text));
  } catch {
    return false;
  }
}
