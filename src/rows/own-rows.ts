import { isPlainObject } from "../schema/arguments.ts";
import { isFragment } from "../statements/fragment.ts";
import { isJsonNull } from "../types/json.ts";
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
  const copy = ownObject(row);
  const line = rowLine(row);
  if (line !== undefined) setRowLine(copy, line);
  return copy as Row;
}

/** The value of a key, or the array or object of several, as it is now. */
export function ownKey(key: unknown): unknown {
  return typeof key === "object" && key !== null ? ownObject(key) : key;
}

/** The objects that were copied, because a value can contain one twice or itself. */
type Copies = Map<object, object>;

// The validation rejects deeper values.
const MAX_DEPTH = 1_001;

// A loop can change one Date or one object of a json column, and a stream can fill one buffer again. Instances of other classes
// are left for the validation.
function ownObject(value: object, copies?: Copies, depth = 0): object {
  const known = copies?.get(value);
  if (known !== undefined) return known;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (Object.getPrototypeOf(value) === Date.prototype) return new Date((value as Date).getTime());
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return ownArray(value, copies, depth);
  if (!isPlainObject(value) || isFragment(value) || isJsonNull(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  let inner = copies;
  for (const name in copy) {
    const part = copy[name];
    if (typeof part !== "object" || part === null) continue;
    inner ??= new Map();
    inner.set(value, copy);
    copy[name] = ownObject(part, inner, depth + 1);
  }
  return copy;
}

// Most arrays have no objects, and need no map.
function ownArray(value: readonly unknown[], copies: Copies | undefined, depth: number): readonly unknown[] {
  const copy = value.slice();
  let inner = copies;
  for (let at = 0; at < copy.length; at++) {
    const part = copy[at];
    if (typeof part !== "object" || part === null) continue;
    inner ??= new Map();
    inner.set(value, copy);
    copy[at] = ownObject(part, inner, depth + 1);
  }
  return copy;
}
