import { isPlainObject } from "../schema/arguments.ts";

/**
 * Copies of the rows of an array, which the caller can change while the first of them are sent; an iterable as it is, because
 * it is read during the call anyway.
 */
export function ownRows<Rows>(rows: Rows): Rows {
  return Array.isArray(rows) ? (rows.map(row => (isPlainObject(row) ? ownRow(row) : row)) as Rows) : rows;
}

function ownRow(row: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...row };
  // A loop without an array of names, because there can be many rows.
  for (const name in copy) {
    const value = copy[name];
    if (typeof value === "object" && value !== null) define(copy, name, ownValue(value));
  }
  return copy;
}

// What rowfn created, such as raw SQL, is frozen. Instances of other classes are rejected or printed by themselves.
function ownValue<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map(ownValue) as Value;
  if (value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return structuredClone(value);
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) return value;
  return ownRow(value) as Value;
}

// A column or member can be named __proto__.
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
