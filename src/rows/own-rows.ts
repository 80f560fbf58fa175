import { isPlainObject } from "../schema/arguments.ts";
import { rowLine, setRowLine } from "./row-lines.ts";

/**
 * The rows of an array as they are now, other iterables as they are. A call may wait for a connection before it prints its
 * rows, and its caller may empty the array and use the rows again as soon as the call has returned its promise.
 */
export function ownRows<Rows>(rows: Rows): Rows {
  return Array.isArray(rows) ? (Array.from<unknown, unknown>(rows, ownRow) as Rows) : rows;
}

/** The row as it is now; what is not a row is left for the validation. */
export function ownRow<Row>(row: Row): Row {
  if (!isPlainObject(row)) return row;
  const copy: Record<string, unknown> = { ...row };
  for (const name in copy) copy[name] = ownValue(copy[name]);
  const line = rowLine(row);
  if (line !== undefined) setRowLine(copy, line);
  return copy as Row;
}

/** The value of a key, or the array or object of several, as it is now. */
export function ownKey(key: unknown): unknown {
  return isPlainObject(key) ? ownRow(key) : ownValue(key);
}

// A loop changes one Date, and a stream fills one buffer. The objects of json columns are not copied.
function ownValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.slice();
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return Object.getPrototypeOf(value) === Date.prototype ? new Date((value as Date).getTime()) : value;
}
