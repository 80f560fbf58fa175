import { isPlainObject } from "../schema/arguments.ts";
import { rowLine, setRowLine } from "./row-lines.ts";

/**
 * The rows that an array has now, other iterables as they are. A call may wait for a connection before it prints its rows, and its
 * caller may empty the array as soon as the call has returned its promise. To copy every row would take too long.
 */
export function ownList<Rows>(rows: Rows): Rows {
  // A hole becomes undefined, which the validation rejects.
  return Array.isArray(rows) ? (Array.from<unknown>(rows) as Rows) : rows;
}

/** As `ownList`, with copies of the rows. */
export function ownRows<Rows>(rows: Rows): Rows {
  return Array.isArray(rows) ? (Array.from<unknown, unknown>(rows, ownRow) as Rows) : rows;
}

/** The row as it is now; what is not a row is left for the validation. */
export function ownRow<Row>(row: Row): Row {
  if (!isPlainObject(row)) return row;
  const copy: Record<string, unknown> = { ...row };
  for (const name in copy) {
    const value = copy[name];
    if (typeof value === "object" && value !== null) copy[name] = ownObject(value);
  }
  const line = rowLine(row);
  if (line !== undefined) setRowLine(copy, line);
  return copy as Row;
}

/** The value of a key, or the array or object of several, as it is now. */
export function ownKey(key: unknown): unknown {
  return isPlainObject(key) ? ownRow(key) : ownValue(key);
}

function ownValue(value: unknown): unknown {
  return typeof value === "object" && value !== null ? ownObject(value) : value;
}

// A loop changes one Date, and a stream fills one buffer. The objects of json columns are not copied.
function ownObject(value: object): object {
  if (Array.isArray(value)) return value.slice();
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return Object.getPrototypeOf(value) === Date.prototype ? new Date((value as Date).getTime()) : value;
}
