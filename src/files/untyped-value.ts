import { INFINITE_TIME } from "../types/infinite-date.ts";

/** The text of a value (not null) whose PostgreSQL type is unknown; no digit is lost. */
export function untypedText(value: unknown): string {
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  if (Object.is(value, -0)) return "-0";
  return typeof value === "object" ? untypedJson(value) : String(value);
}

/** The JSON of a value; a value that JSON cannot represent becomes a string with PostgreSQL's text format. */
export function untypedJson(value: unknown): string {
  return JSON.stringify(value, replaceValue);
}

// JSON.stringify calls toJSON of dates and buffers before the replacer, so the original is read from its object.
function replaceValue(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Date) return dateText(original);
  if (original instanceof Uint8Array) return `\\x${original.toHex()}`;
  if (Object.is(value, -0)) return "-0";
  const isUnrepresentable =
    typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));
  return isUnrepresentable ? String(value) : value;
}

function dateText(date: Date): string {
  if (Math.abs(date.getTime()) === INFINITE_TIME) return date.getTime() < 0 ? "-infinity" : "infinity";
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
