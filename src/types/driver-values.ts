import { ValueError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { CATALOGUE } from "./catalogue.ts";
import { codecFor } from "./resolve.ts";

// rowfn cannot add casts to raw SQL, so it decodes the driver's own values of its results.

type Decode = (value: unknown) => unknown;

interface DecodedType {
  readonly key: string;
  readonly isArray: boolean;
}

let decodedTypes: ReadonlyMap<number, DecodedType> | undefined;

// The driver's int4[] is an Int32Array, although its values of int4 need no decoding.
const INT4_ARRAY = 1007;

function findDecodedType(oid: number): DecodedType | undefined {
  decodedTypes ??= new Map([
    [INT4_ARRAY, { key: "int4", isArray: true }],
    ...Object.entries(CATALOGUE).flatMap(([key, { oids = [] }]) =>
      oids.map((known, index) => [known, { key, isArray: index === 1 }] as const),
    ),
  ]);
  return decodedTypes.get(oid);
}

/** The function from the driver's value of a built-in type to a row's value; null if they are equal. */
export function driverDecode(schema: AnySchema, oid: number): Decode | null {
  const type = findDecodedType(oid);
  if (type === undefined) return null;
  const decode = scalarDecode(schema, type.key);
  return type.isArray ? value => mapLeaves(Array.from(value as ArrayLike<unknown>), decode) : decode;
}

function mapLeaves(array: unknown[], decode: Decode | null): unknown[] {
  if (decode === null) return array;
  return array.map(value =>
    value === null ? null : Array.isArray(value) ? mapLeaves(value, decode) : decode(value),
  );
}

function scalarDecode(schema: AnySchema, name: string): Decode | null {
  const { jsTypes } = schema;
  const codec = codecFor(schema, name, -1);
  switch (name) {
    case "date":
      return dateText;
    case "money":
      return value => codec.parse(String(value));
    case "json":
    case "jsonb":
      return jsTypes.json === "parse" ? exactJson : reject(`${name} that the driver has already parsed`);
    case "timestamp":
    case "timestamptz":
      return jsTypes[name] === "Date"
        ? codec.decode
        : reject(`${name} whose microseconds the driver has truncated`);
    default:
      return codec.decode;
  }
}

function reject(what: string): Decode {
  return () => {
    throw new ValueError(`a raw query returned ${what}; cast the column to text in the query`);
  };
}

function dateText(value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return "infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-infinity";
  const date = value as Date;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
    throw new ValueError(
      "a raw query returned a date that the driver cannot hold; cast the column to text in the query",
    );
  }
  const year = date.getUTCFullYear();
  const monthDay = date.toISOString().slice(-19, -14);
  return `${String(year > 0 ? year : 1 - year).padStart(4, "0")}-${monthDay}${year > 0 ? "" : " BC"}`;
}

// The driver may have rounded an integer from 2^53 on, and returns Infinity for larger numbers.
function exactJson(value: unknown): unknown {
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new ValueError(
      "a raw query returned json with a number that the driver may have rounded; cast the column to text in the query",
    );
  }
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) exactJson(part);
  return value;
}
