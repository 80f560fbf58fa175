import { ArgumentError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { isFragment } from "./fragment.ts";

type Row = Readonly<Record<string, unknown>>;

/** The columns whose types are known, the number of the first row, and what to do if no type is found. */
interface Detection {
  readonly known: Readonly<Record<string, unknown>>;
  readonly from?: number;
  readonly advice: string;
}

/**
 * Column → name of the type that holds all its values in these rows, in the order in which the columns appear. Integers
 * are bigint, other numbers double precision, objects and mixed arrays jsonb, empty arrays text[]; a column of nulls and a
 * known column have no type. Throws ArgumentError if no type holds all values of a column.
 */
export function detectTypes(
  table: string,
  rows: readonly unknown[],
  { known, from = 0, advice }: Detection,
): ReadonlyMap<string, string | undefined> {
  const types = new Map<string, string | undefined>();
  for (const [index, row] of rows.entries()) {
    if (!isPlainObject(row))
      throw new ArgumentError(
        `${table}: rows[${from + index}] is not a plain object; pass an object { column: value }`,
      );
    for (const [name, value] of Object.entries(row as Row)) {
      if (Object.hasOwn(known, name)) types.set(name, undefined);
      else
        types.set(
          name,
          joinedType(`${table}.${name}, rows[${from + index}]`, advice, types.get(name), value),
        );
    }
  }
  for (const [name, type] of types) if (type === "[]") types.set(name, "text[]");
  return types;
}

// Returns undefined while all values are null.
function joinedType(
  label: string,
  advice: string,
  known: string | undefined,
  value: unknown,
): string | undefined {
  if (value === null) return known;
  const type = typeOf(value);
  if (type === undefined)
    throw new ArgumentError(`${label}: a value of this kind has no PostgreSQL type; ${advice}`);
  if (known === undefined || known === type) return type;
  const wider = emptyArrayType(known, type) ?? emptyArrayType(type, known) ?? widerType(known, type);
  if (wider !== undefined) return wider;
  throw new ArgumentError(`${label}: ${type} after ${known}, and no type holds both; ${advice}`);
}

// An empty array fits every type of an array.
function emptyArrayType(a: string, b: string): string | undefined {
  return a === "[]" && b.endsWith("[]") ? b : undefined;
}

const NUMBERS: readonly string[] = ["bigint", "double precision", "numeric"];

// A bigint beyond 64 bits, or next to a fraction, requires numeric, because a double would round it.
function widerType(a: string, b: string): string | undefined {
  if (a.endsWith("[]") && b.endsWith("[]")) {
    const element = widerType(a.slice(0, -2), b.slice(0, -2));
    return element === undefined ? "jsonb" : `${element}[]`;
  }
  if ((a === "jsonb" && b.endsWith("[]")) || (b === "jsonb" && a.endsWith("[]"))) return "jsonb";
  if (!NUMBERS.includes(a) || !NUMBERS.includes(b)) return undefined;
  return a === "numeric" || b === "numeric" ? "numeric" : "double precision";
}

const INT8_MAX = 2n ** 63n - 1n;

function typeOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "boolean";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "bigint" : "double precision";
    case "bigint":
      return value <= INT8_MAX && value >= -INT8_MAX - 1n ? "bigint" : "numeric";
  }
  if (isFragment(value)) return undefined;
  if (value instanceof Date) return "timestamp with time zone";
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return "bytea";
  if (Array.isArray(value)) return arrayType(value);
  return isPlainObject(value) ? "jsonb" : undefined;
}

// Nested arrays become jsonb, because PostgreSQL's arrays are rectangular.
function arrayType(elements: readonly unknown[]): string | undefined {
  let type: string | undefined;
  for (const element of elements) {
    if (element === null) continue;
    const next = typeOf(element);
    if (next === undefined) return undefined;
    if (next === "jsonb" || next.endsWith("[]")) return "jsonb";
    type = type === undefined || type === next ? next : widerType(type, next);
    if (type === undefined) return "jsonb";
  }
  return `${type ?? ""}[]`;
}
