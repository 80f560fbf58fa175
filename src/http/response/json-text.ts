import { untypedText } from "../../files/untyped-value.ts";
import { isPlainObject } from "../../schema/arguments.ts";
import { derive } from "../../schema/derived.ts";
import type { OutputColumn } from "../../statements/statement.ts";
import type { Codec } from "../../types/codec.ts";
import { INFINITE_TIME } from "../../types/infinite-date.ts";

/**
 * The JSON of rows with every digit: a bigint is a number. What JSON has no form for is PostgreSQL's text: bytes, NaN and
 * infinity.
 */
export function exactJson(value: unknown): string {
  return isExact(value) ? JSON.stringify(value) : JSON.stringify(value, replaceValue);
}

/** The values of a result: `plain` if the types of its columns show that JSON.stringify prints all of them exactly. */
export type JsonValues = "plain" | "any";

/** The values that columns can have. */
export const jsonValues: (columns: readonly OutputColumn[]) => JsonValues = derive(
  (columns: readonly OutputColumn[]): JsonValues =>
    columns.every(({ codec }) => isPlainType(codec)) ? "plain" : "any",
);

/** Whether JSON.stringify prints all values of a type exactly. */
function isPlainType({ form, shape }: Codec): boolean {
  if (form === "string" || form === "boolean") return true;
  return form === "number" && shape.kind === "scalar" && shape.family === "integer";
}

/** Whether JSON.stringify prints a value exactly. A value of a row is a tree. */
export function isExact(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      // Neither NaN nor infinite, and not -0.
      return value - value === 0 && (value !== 0 || 1 / value > 0);
    case "object":
      return value === null || isExactObject(value);
    default:
      return typeof value !== "bigint";
  }
}

// Loops and the most frequent types first, because this looks at every value of every row.
function isExactObject(value: object): boolean {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isExact(value[index])) return false;
    return true;
  }
  if (!isPlainObject(value)) {
    // An invalid one is null, as by JSON.stringify.
    if (value instanceof Date) return !(Math.abs(value.getTime()) >= INFINITE_TIME);
    if (value instanceof Uint8Array) return false;
  }
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    if (typeof part !== "string" && part !== null && !isExact(part)) return false;
  }
  return true;
}

const RAW = JSON as unknown as { readonly rawJSON: (text: string) => object };

// JSON.stringify calls toJSON before the replacer, so the original is read from its object.
function replaceValue(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (typeof value === "bigint") return RAW.rawJSON(String(value));
  if (Object.is(value, -0)) return RAW.rawJSON("-0");
  return isContainer(original) || isExact(original) ? value : untypedText(original);
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && !(value instanceof Date) && !(value instanceof Uint8Array);
}
