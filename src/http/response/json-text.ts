import { untypedText } from "../../files/untyped-value.ts";
import { isPlainObject } from "../../schema/plain-object.ts";

/**
 * The JSON of rows with every digit: a bigint is a number. What JSON has no form for is PostgreSQL's text: bytes, NaN and
 * infinity.
 */
export function exactJson(value: unknown): string {
  return isExact(value) ? JSON.stringify(value) : JSON.stringify(value, replaceValue);
}

const LARGEST_DATE = 8.64e15;

/** Whether JSON.stringify prints a value exactly. A value of a row is a tree. */
function isExact(value: unknown): boolean {
  if (typeof value !== "object" || value === null)
    return typeof value === "number"
      ? Number.isFinite(value) && !Object.is(value, -0)
      : typeof value !== "bigint";
  if (Array.isArray(value)) return value.every(isExact);
  if (value instanceof Date) return Math.abs(value.getTime()) < LARGEST_DATE;
  if (!isPlainObject(value)) return !(value instanceof Uint8Array);
  for (const key in value) if (!isExact(value[key])) return false;
  return true;
}

const RAW = JSON as unknown as { readonly rawJSON: (text: string) => object };

// JSON.stringify calls toJSON before the replacer, so the original is read from its object.
function replaceValue(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (typeof value === "bigint") return RAW.rawJSON(String(value));
  if (Object.is(value, -0)) return RAW.rawJSON("-0");
  return isExact(original) || isContainer(original) ? value : untypedText(original);
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value);
}
