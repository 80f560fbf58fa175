import { ArgumentError } from "../errors.ts";

// NAMEDATALEN - 1 (manual 4.1.1): PostgreSQL silently truncates longer names.
export const MAX_BYTES = 63;

/** Throws ArgumentError for what cannot be a name of any length. */
export function requireNameText(name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed())
    throw new ArgumentError(
      `a name must be a non-empty string without NUL characters and lone surrogates, received ${shown(name)}`,
    );
}

/** Returns the name of a new object; throws ArgumentError if PostgreSQL cannot store the name exactly. */
export function newIdentifier(name: string): string {
  requireNameText(name);
  if (Buffer.byteLength(name) > MAX_BYTES)
    throw new ArgumentError(
      `the name ${JSON.stringify(name)} has ${Buffer.byteLength(name)} bytes; PostgreSQL stores at most ${MAX_BYTES} bytes`,
    );
  return name;
}

// Manual 5.6: every table has them.
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/** Returns the name of a new column; throws ArgumentError also for the name of a system column. */
export function newColumnIdentifier(name: string): string {
  if (SYSTEM_COLUMNS.has(newIdentifier(name)))
    throw new ArgumentError(
      `the name ${JSON.stringify(name)} is that of a system column, which every table has; choose a different name`,
    );
  return name;
}

function shown(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name) : typeof name;
}
