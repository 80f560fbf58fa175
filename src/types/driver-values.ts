import { ValueError } from "../errors.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { codecFor } from "./resolve.ts";

// Values of a raw query come as the driver makes them: no cast to text could be put into its SQL.

type Decode = (value: unknown) => unknown;

// pg_type.dat: oid and oid of the array, for the types whose driver values differ from the row's. The rest is right as it is.
const TYPES: readonly (readonly [string, number, number])[] = [
  ["int8", 20, 1016],
  ["float4", 700, 1021],
  ["bytea", 17, 1001],
  ["money", 790, 791],
  ["date", 1082, 1182],
  ["timestamp", 1114, 1115],
  ["timestamptz", 1184, 1185],
  ["json", 114, 199],
  ["jsonb", 3802, 3807],
  ["point", 600, 1017],
  ["lseg", 601, 1018],
  ["path", 602, 1019],
  ["box", 603, 1020],
  ["polygon", 604, 1027],
  ["line", 628, 629],
  ["circle", 718, 719],
  ["int4range", 3904, 3905],
  ["int8range", 3926, 3927],
  ["numrange", 3906, 3907],
  ["tsrange", 3908, 3909],
  ["tstzrange", 3910, 3911],
  ["daterange", 3912, 3913],
  ["int4multirange", 4451, 6150],
  ["int8multirange", 4536, 6157],
  ["nummultirange", 4532, 6151],
  ["tsmultirange", 4533, 6152],
  ["tstzmultirange", 4534, 6153],
  ["datemultirange", 4535, 6155],
];
// The driver's array of int4 is an Int32Array.
const INT4_ARRAY = 1007;

/** How the driver's value of a built-in type becomes a row's value; null when it is one already. */
export function driverDecode(schema: AnySchema, oid: number): Decode | null {
  const scalar = TYPES.find(type => type[1] === oid);
  if (scalar !== undefined) return scalarDecode(schema, scalar[0]);
  const element = oid === INT4_ARRAY ? "int4" : TYPES.find(type => type[2] === oid)?.[0];
  if (element === undefined) return null;
  const decode = scalarDecode(schema, element);
  return value => mapLeaves(Array.from(value as ArrayLike<unknown>), decode);
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
      return jsTypes.json === "parse" ? exactJson : refuse(`${name}, which the driver has parsed already`);
    case "timestamp":
    case "timestamptz":
      return jsTypes[name] === "Date"
        ? codec.decode
        : refuse(`${name}, whose microseconds the driver has cut off`);
    default:
      return codec.decode;
  }
}

function refuse(what: string): Decode {
  return () => {
    throw new ValueError(`a raw query returned ${what}: cast it to text there`);
  };
}

function dateText(value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return "infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-infinity";
  const date = value as Date;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
    throw new ValueError("a raw query returned a date that the driver cannot hold: cast it to text there");
  }
  const year = date.getUTCFullYear();
  const monthDay = date.toISOString().slice(-19, -14);
  return `${String(year > 0 ? year : 1 - year).padStart(4, "0")}-${monthDay}${year > 0 ? "" : " BC"}`;
}

// From 2^53 on an integer may have been rounded, and Infinity stands for what was too large.
function exactJson(value: unknown): unknown {
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new ValueError(
      "a raw query returned json with a number that the driver may have rounded: cast it to text there",
    );
  }
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) exactJson(part);
  return value;
}
