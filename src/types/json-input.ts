import { isPlainObject } from "../schema/arguments.ts";
import { holdsArrays } from "./array.ts";
import type { Codec } from "./codec.ts";
import { sentDate } from "./sent-date.ts";

/**
 * A value of JSON in the JavaScript form of a type: bytes from their text, numbers from NaN and infinity, a Date from the text
 * that a response has. Any other value is returned as it is, because validation rejects what is invalid.
 */
export function jsonInput(codec: Codec, value: unknown): unknown {
  const { shape } = codec;
  if (typeof value === "string") return textInput(codec, value);
  if (Array.isArray(value)) {
    if (shape.kind === "multirange") return value.map(one => jsonInput(shape.range, one));
    if (shape.kind !== "array") return value;
    // An array inside an array is a dimension, unless it is an element.
    const hasDimensions = !holdsArrays(shape.element);
    return value.map(one => jsonInput(hasDimensions && Array.isArray(one) ? codec : shape.element, one));
  }
  if (!isPlainObject(value)) return value;
  if (shape.kind === "scalar") return shape.family === "geometry" ? namedNumbers(value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, jsonInput(partOf(codec, name) ?? codec, part)]),
  );
}

const NAMED_NUMBER = /^(?:NaN|-?Infinity)$/;

function textInput({ shape, form, check }: Codec, text: string): unknown {
  if (shape.kind !== "scalar" || check(text) === undefined) return text;
  if (shape.family === "bytes")
    return /^\\x(?:[\da-f]{2})*$/i.test(text) ? Uint8Array.fromHex(text.slice(2)) : text;
  if (shape.family === "float") return NAMED_NUMBER.test(text) ? Number(text) : text;
  return form === "Date" ? (sentDate(text) ?? text) : text;
}

function partOf({ shape }: Codec, name: string): Codec | undefined {
  if (shape.kind === "range") return shape.subtype;
  return shape.kind === "composite" ? shape.fields.find(field => field.name === name)?.codec : undefined;
}

/** A geometric value of JSON, all of whose numbers can be NaN and infinite. */
export function namedNumbers(value: unknown): unknown {
  if (typeof value === "string") return NAMED_NUMBER.test(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(namedNumbers);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, namedNumbers(part)]));
}
