const LARGEST_DATE = 8.64e15;

/** A value (never null) of a row whose types are not known, as text: nothing of it is rounded. */
export function plainText(value: unknown): string {
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  if (Object.is(value, -0)) return "-0";
  return typeof value === "object" ? jsonText(value) : String(value);
}

/** A value as JSON; what JSON has no form for is the text PostgreSQL has for it. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, withForm);
}

// A date or Buffer reaches the replacer as what its toJSON gives, so it is looked up where it stood.
function withForm(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (original instanceof Date) return dateText(original);
  if (original instanceof Uint8Array) return `\\x${original.toHex()}`;
  if (Object.is(value, -0)) return "-0";
  const hasNone = typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));
  return hasNone ? String(value) : value;
}

function dateText(date: Date): string {
  if (Math.abs(date.getTime()) === LARGEST_DATE) return date.getTime() < 0 ? "-infinity" : "infinity";
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
