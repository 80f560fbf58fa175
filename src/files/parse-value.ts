import { ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { jsonProblemText } from "../schema/json-problem.ts";
import { holdsArrays } from "../types/array.ts";
import { type ArrayTexts, parseArrayLiteral } from "../types/array-literal.ts";
import type { Codec, Family } from "../types/codec.ts";
import { sameDecimal } from "../types/decimal.ts";
import { hasDates } from "../types/holds-dates.ts";
import { namedNumbers } from "../types/json-input.ts";
import { describeValue } from "../types/problem.ts";
import { parseRecordLiteral } from "../types/record-literal.ts";
import { isRawNumber, rawNumbersAsText } from "./read-json.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Parses a text as a value of a type. An invalid text is returned unchanged, because validation rejects it.
 * @param place `table.column`, for messages
 * @throws ValueError if the type is json and the text is invalid
 */
export function parseValue(place: string, codec: Codec, text: string): unknown {
  switch (codec.shape.kind === "scalar" ? codec.shape.family : codec.shape.kind) {
    case "json":
      return parseJsonText(place, codec, text);
    case "integer":
      return NUMBER.test(text) && sameDecimal(text, String(Number(text))) ? Number(text) : text;
    case "boolean":
    case "float":
      return parseOrKeep(codec, text);
    default:
      if (codec.check(text) === undefined || !hasItsParts(codec, text)) return text;
      return parseWhole(codec, text);
  }
}

// What is invalid as a whole is parsed in parts, so that validation names the part.
function parseWhole(codec: Codec, text: string): unknown {
  const value = hasDates(codec) ? text : parseOrKeep(codec, text);
  return value === text ? parseAround(codec, text) : value;
}

// As PostgreSQL does. A stored value can have more fields, which were added to its type after the snapshot was loaded.
function hasItsParts(codec: Codec, text: string): boolean {
  try {
    return hasParts(codec, text);
  } catch {
    return false;
  }
}

function hasParts({ shape }: Codec, text: unknown): boolean {
  if (typeof text !== "string") return text === null;
  // A JavaScript array would lose the lower bounds of `[0:1]={1,2}`.
  if (shape.kind === "array" && text.startsWith("[")) return false;
  if (shape.kind === "array" && shape.element.shape.kind !== "scalar")
    return (parseArrayLiteral(text) as unknown[])
      .flat(Number.POSITIVE_INFINITY)
      .every(one => hasParts(shape.element, one));
  if (shape.kind !== "composite") return true;
  if (shape.fields.length === 0) return text === "()";
  const texts = parseRecordLiteral(text);
  return (
    texts.length === shape.fields.length &&
    shape.fields.every(({ codec }, index) => hasParts(codec, texts[index]))
  );
}

/** The arrays and composite values of a text, with the dates inside as texts: a Date has neither the offset nor all digits. */
function parseAround(codec: Codec, text: string): unknown {
  const { shape } = codec;
  try {
    if (shape.kind === "array") return elementsAround(shape.element, parseArrayLiteral(text));
    if (shape.kind !== "composite") return text;
    const texts = parseRecordLiteral(text);
    return Object.fromEntries(
      shape.fields.map(({ name, codec: field }, index) => [name, parsePart(field, texts[index] ?? null)]),
    );
  } catch {
    return text;
  }
}

function elementsAround(element: Codec, texts: ArrayTexts): unknown {
  return texts.map(one =>
    Array.isArray(one) ? elementsAround(element, one) : parsePart(element, one as string),
  );
}

function parsePart(codec: Codec, text: string | null): unknown {
  if (text === null) return null;
  return parseWhole(codec, text);
}

/** The place of a value in JSON. */
export interface JsonPlace {
  /** `table.column`, for messages. */
  readonly name: string;
  /** Whether strings are documents where the JavaScript form of a document is its text, as in a row. */
  readonly hasTexts: boolean;
}

/**
 * A document, list or object of JSON as a value of a type: the texts inside that the type does not accept are parsed, and
 * documents inside keep every digit.
 * @throws ValueError if the JavaScript form of a document cannot hold one of its numbers
 */
export function parseNested(place: JsonPlace, codec: Codec, value: unknown): unknown {
  const { shape } = codec;
  if (value === null) return null;
  if (isJson(codec))
    return place.hasTexts && codec.form === "string" && typeof value === "string"
      ? value
      : parseJsonText(place.name, codec, JSON.stringify(value));
  if (isRawNumber(value)) return value.rawJSON;
  if (typeof value === "number") return exactInteger(codec, value);
  if (typeof value === "string")
    return shape.kind === "scalar" && isNamed(shape.family) && codec.check(value) !== undefined
      ? parseOrKeep(codec, value)
      : value;
  if (Array.isArray(value)) {
    const item =
      shape.kind === "array" ? shape.element : shape.kind === "multirange" ? shape.range : undefined;
    if (item === undefined) return rawNumbersAsText(value);
    // An array inside an array is a dimension, unless it is an element.
    const isElement = holdsArrays(item) || (isJson(item) && !place.hasTexts);
    const hasDimensions = shape.kind === "array" && !isElement;
    return value.map(one => parseNested(place, hasDimensions && Array.isArray(one) ? codec : item, one));
  }
  if (!isPlainObject(value)) return value;
  if (shape.kind === "scalar" && shape.family === "geometry") return namedNumbers(rawNumbersAsText(value));
  const partOf = partCodecs(codec);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const inner = partOf(name);
      return [name, inner === undefined ? rawNumbersAsText(part) : parseNested(place, inner, part)];
    }),
  );
}

/**
 * A number of JSON for a column. An integer beyond 2^53 that is not a raw number is exact, but validation, which does not know the
 * JSON, takes it for a rounded one: such a column gets its digits.
 */
export function exactInteger({ shape }: Codec, value: number): number | string {
  const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value);
  const hasDigits = shape.kind === "scalar" && (shape.family === "bigint" || shape.family === "numeric");
  return isLarge && hasDigits ? String(value) : value;
}

/** Whether a value is a document. */
export function isJson({ shape }: Codec): boolean {
  return shape.kind === "scalar" && shape.family === "json";
}

// JSON has no bytes, and no number for NaN and the infinities.
function isNamed(family: Family): boolean {
  return family === "bytes" || family === "float";
}

function partCodecs({ shape }: Codec): (name: string) => Codec | undefined {
  if (shape.kind === "range")
    return name => (name === "lower" || name === "upper" ? shape.subtype : undefined);
  if (shape.kind !== "composite") return () => undefined;
  return name => shape.fields.find(field => field.name === name)?.codec;
}

function parseOrKeep(codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch {
    return text;
  }
}

/** Why a codec of json rejected a text; its own ValueError is about a number. */
function jsonReason(text: string, error: unknown): string {
  if (error instanceof ValueError) return error.message;
  return `expected JSON, received ${describeValue(text)} (${jsonProblemText(text)})`;
}

// Validation would accept any text as a JSON string.
function parseJsonText(place: string, codec: Codec, text: string): unknown {
  try {
    return codec.parse(text);
  } catch (error) {
    throw new ValueError(`${place}: ${jsonReason(text, error)}`, { cause: error });
  }
}
