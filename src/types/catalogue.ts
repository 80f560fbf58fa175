import type { JsTypes } from "../schema/snapshot.ts";
import { bitCodec, varbitCodec } from "./bits.ts";
import { booleanCodec } from "./boolean.ts";
import { byteaCodec } from "./bytea.ts";
import type { Codec } from "./codec.ts";
import { dateCodec } from "./date.ts";
import { float4Codec, float8Codec } from "./float.ts";
import {
  boxCodec,
  circleCodec,
  lineCodec,
  lsegCodec,
  pathCodec,
  pointCodec,
  polygonCodec,
} from "./geometry.ts";
import { int8Codec, integerCodec } from "./integer.ts";
import { intervalCodec } from "./interval.ts";
import { jsonCodec } from "./json.ts";
import { type ModifierKind, unpackModifier } from "./modifier.ts";
import { multirangeCodec } from "./multirange.ts";
import { cidrCodec, inetCodec, macaddr8Codec, macaddrCodec } from "./network.ts";
import { moneyCodec, numericCodec } from "./numeric.ts";
import { lsnCodec, tidCodec, xid8Codec } from "./pattern-text.ts";
import { rangeCodec } from "./range.ts";
import { boundedTextCodec, bytesTextCodec, charCodec, textCodec } from "./text.ts";
import { timeCodec } from "./time.ts";
import { timestampCodec } from "./timestamp.ts";
import { uuidCodec } from "./uuid.ts";

/** The facts on which the codec of a built-in type depends. */
export interface CodecContext {
  readonly jsTypes: JsTypes;
  readonly serverVersionNum: number;
  /** The codec of a built-in type that is part of the type, without a modifier. */
  readonly partCodec: (key: string) => Codec;
}

/** Among the types of one group a cast is exact or fails. Text is cast to and from every type. */
export type CastGroup = "number" | "boolean" | "time" | "json" | "text";

/** All that rowfn knows of a built-in type. */
export interface BuiltinType {
  readonly codec: (context: CodecContext, modifier: readonly number[]) => Codec;
  /** The name that PostgreSQL prints, `%` for the modifier: `time% with time zone`; default: the key. */
  readonly printed?: string;
  /** Every name that SQL knows, in lower case (manual, table 8.1); default: the key. */
  readonly names?: readonly string[];
  readonly modifier?: ModifierKind;
  /** The modifier of a name without one: `char` is `char(1)`. */
  readonly plain?: number;
  /** The printed name of the type without a modifier, if that is a different name. */
  readonly unbounded?: string;
  /** pg_type.oid of the type and of its array, if the driver's value differs from the row's. */
  readonly oids?: readonly [type: number, array: number];
  /** The type of `sum` and of `avg` (manual, 9.21). */
  readonly sum?: string;
  readonly avg?: string;
  /** The first version that has `min` and `max` (manual, 9.21); 0 for all versions, undefined for none. */
  readonly minSince?: number;
  readonly casts?: readonly CastGroup[];
  /** Types without a modifier that hold every value of this type; `text` holds every value of every type. */
  readonly widerTypes?: readonly string[];
  /** Whether equal values have equal text in every session. */
  readonly hasOneText?: true;
}

const MAX_UINT4 = 4_294_967_295;

const textual = (key: string): BuiltinType => ({ codec: () => textCodec(key, "other") });
// These types have no equality operator.
const incomparable = (key: string): BuiltinType => ({ codec: () => textCodec(key, "other", null) });
const range = (key: string, bound: string, oids: readonly [number, number], last?: string): BuiltinType => ({
  codec: ({ partCodec }) => rangeCodec(key, partCodec(bound), lastBound(partCodec(bound), last)),
  oids,
});
// A range with the last safe integer as an inclusive bound is stored with the next integer.
const lastBound = ({ castType, form }: Codec, last: string | undefined): string | undefined =>
  castType === "int8" && form === "number" ? String(Number.MAX_SAFE_INTEGER) : last;
const multirange = (key: string, of: string, oids: readonly [number, number]): BuiltinType => ({
  codec: ({ partCodec }) => multirangeCodec(key, partCodec(of)),
  oids,
});

/** The built-in types by pg_type.typname, which is their key in snapshots. */
export const CATALOGUE: Readonly<Record<string, BuiltinType>> = {
  int2: {
    codec: () => integerCodec("int2", -32_768, 32_767),
    ...{ printed: "smallint", names: ["smallint", "int2"], hasOneText: true },
    ...{ sum: "int8", avg: "numeric", minSince: 0, casts: ["number"] },
    widerTypes: ["int4", "int8", "numeric", "float4", "float8"],
  },
  int4: {
    codec: () => integerCodec("int4", -2_147_483_648, 2_147_483_647),
    ...{ printed: "integer", names: ["integer", "int", "int4"], hasOneText: true },
    ...{ sum: "int8", avg: "numeric", minSince: 0, casts: ["number", "boolean"] },
    widerTypes: ["int8", "numeric", "float8"],
  },
  int8: {
    codec: ({ jsTypes }) => int8Codec(jsTypes.int8),
    ...{ printed: "bigint", names: ["bigint", "int8"], oids: [20, 1016], hasOneText: true },
    ...{ sum: "numeric", avg: "numeric", minSince: 0, casts: ["number"], widerTypes: ["numeric"] },
  },
  oid: { codec: () => integerCodec("oid", 0, MAX_UINT4), minSince: 0, hasOneText: true },
  xid: { codec: () => integerCodec("xid", 0, MAX_UINT4) },
  cid: { codec: () => integerCodec("cid", 0, MAX_UINT4) },
  float4: {
    codec: float4Codec,
    ...{ printed: "real", names: ["real", "float4"], oids: [700, 1021] },
    ...{ sum: "float4", avg: "float8", minSince: 0, casts: ["number"], widerTypes: ["float8"] },
  },
  float8: {
    codec: float8Codec,
    ...{ printed: "double precision", names: ["double precision", "float8", "float"] },
    ...{ sum: "float8", avg: "float8", minSince: 0, casts: ["number"] },
  },
  numeric: {
    codec: (_, modifier) => numericCodec(modifier),
    ...{ printed: "numeric%", names: ["numeric", "decimal", "dec"], modifier: "numeric" },
    ...{ sum: "numeric", avg: "numeric", minSince: 0, casts: ["number"] },
  },
  money: { codec: moneyCodec, oids: [790, 791], sum: "money", minSince: 0 },
  bool: { codec: booleanCodec, printed: "boolean", names: ["boolean", "bool"], casts: ["boolean"] },
  text: { codec: () => textCodec("text"), minSince: 0, casts: ["text"], hasOneText: true },
  varchar: {
    codec: (_, [length]) => boundedTextCodec("varchar", length),
    ...{ printed: "character varying%", names: ["character varying", "char varying", "varchar"] },
    ...{ modifier: "length", minSince: 0, casts: ["text"], widerTypes: ["text"], hasOneText: true },
  },
  bpchar: {
    codec: (_, [length]) => boundedTextCodec("bpchar", length),
    ...{ printed: "character%", names: ["character", "char"], unbounded: "bpchar" },
    ...{ modifier: "length", plain: 1, minSince: 0, casts: ["text"], widerTypes: ["text", "varchar"] },
  },
  name: {
    codec: () => bytesTextCodec("name", 63),
    minSince: 0,
    casts: ["text"],
    widerTypes: ["text", "varchar"],
  },
  char: {
    codec: ({ serverVersionNum }) => charCodec(serverVersionNum >= 150_000),
    ...{ minSince: 0, printed: '"char"', names: ['"char"'] },
  },
  uuid: { codec: uuidCodec, hasOneText: true },
  bit: { codec: (_, [length]) => bitCodec(length), printed: "bit%", modifier: "bits", plain: 1 },
  varbit: {
    codec: (_, [length]) => varbitCodec(length),
    printed: "bit varying%",
    names: ["bit varying", "varbit"],
    modifier: "maxBits",
  },
  bytea: { codec: byteaCodec, oids: [17, 1001], minSince: 180_000 },
  date: { codec: dateCodec, oids: [1082, 1182], minSince: 0, casts: ["time"], widerTypes: ["timestamp"] },
  time: {
    codec: (_, [digits]) => timeCodec("time", digits),
    ...{ printed: "time% without time zone", names: ["time", "time without time zone"] },
    ...{ modifier: "time", minSince: 0 },
  },
  timetz: {
    codec: (_, [digits]) => timeCodec("timetz", digits),
    ...{ printed: "time% with time zone", names: ["timetz", "time with time zone"] },
    ...{ modifier: "time", minSince: 0 },
  },
  timestamp: {
    codec: ({ jsTypes }, [digits]) => timestampCodec("timestamp", digits, jsTypes.timestamp),
    ...{ printed: "timestamp% without time zone", names: ["timestamp", "timestamp without time zone"] },
    ...{ modifier: "time", oids: [1114, 1115], minSince: 0, casts: ["time"] },
  },
  timestamptz: {
    codec: ({ jsTypes }, [digits]) => timestampCodec("timestamptz", digits, jsTypes.timestamptz),
    ...{ printed: "timestamp% with time zone", names: ["timestamptz", "timestamp with time zone"] },
    ...{ modifier: "time", oids: [1184, 1185], minSince: 0, casts: ["time"] },
  },
  interval: {
    codec: ({ serverVersionNum: version }, modifier) =>
      intervalCodec(modifier, { hasInfinity: version >= 170_000, isWide: version >= 150_000 }),
    ...{ printed: "interval%", modifier: "interval", sum: "interval", avg: "interval", minSince: 0 },
  },
  json: { codec: ({ jsTypes }) => jsonCodec("json", jsTypes.json), oids: [114, 199], casts: ["json"] },
  jsonb: { codec: ({ jsTypes }) => jsonCodec("jsonb", jsTypes.json), oids: [3802, 3807], casts: ["json"] },
  jsonpath: incomparable("jsonpath"),
  // The type's own text lacks the encoding of an XML declaration; a cast keeps it.
  xml: { codec: () => ({ ...textCodec("xml", "other", null), readCast: "::text" }) },
  inet: { codec: inetCodec, minSince: 0 },
  cidr: { codec: cidrCodec, minSince: 0 },
  macaddr: { codec: macaddrCodec },
  macaddr8: { codec: macaddr8Codec },
  tsvector: textual("tsvector"),
  tsquery: textual("tsquery"),
  pg_lsn: { codec: lsnCodec, minSince: 0 },
  xid8: { codec: xid8Codec, minSince: 150_000 },
  tid: { codec: tidCodec, minSince: 0 },
  // The cast of text looks up a name only, so that it fails for `-` and for the number of a table that was dropped.
  regclass: { codec: () => ({ ...textCodec("bpchar::regclass", "other"), readCast: "::text" }) },
  pg_snapshot: incomparable("pg_snapshot"),
  txid_snapshot: incomparable("txid_snapshot"),
  refcursor: incomparable("refcursor"),
  point: { codec: pointCodec, oids: [600, 1017] },
  line: { codec: lineCodec, oids: [628, 629] },
  lseg: { codec: lsegCodec, oids: [601, 1018] },
  box: { codec: boxCodec, oids: [603, 1020] },
  path: { codec: pathCodec, oids: [602, 1019] },
  polygon: { codec: polygonCodec, oids: [604, 1027] },
  circle: { codec: circleCodec, oids: [718, 719] },
  int4range: range("int4range", "int4", [3904, 3905], "2147483647"),
  int8range: range("int8range", "int8", [3926, 3927], "9223372036854775807"),
  numrange: range("numrange", "numeric", [3906, 3907]),
  tsrange: range("tsrange", "timestamp", [3908, 3909]),
  tstzrange: range("tstzrange", "timestamptz", [3910, 3911]),
  daterange: range("daterange", "date", [3912, 3913], "5874897-12-31"),
  int4multirange: multirange("int4multirange", "int4range", [4451, 6150]),
  int8multirange: multirange("int8multirange", "int8range", [4536, 6157]),
  nummultirange: multirange("nummultirange", "numrange", [4532, 6151]),
  tsmultirange: multirange("tsmultirange", "tsrange", [4533, 6152]),
  tstzmultirange: multirange("tstzmultirange", "tstzrange", [4534, 6153]),
  datemultirange: multirange("datemultirange", "daterange", [4535, 6155]),
};

/** The built-in type of a key, if rowfn knows more of it than its name. */
export function findBuiltin(key: string): BuiltinType | undefined {
  return Object.hasOwn(CATALOGUE, key) ? CATALOGUE[key] : undefined;
}

/** The codec of a built-in type; the values of an unknown type are PostgreSQL's text. */
export function builtinCodec(key: string, typmod: number, context: CodecContext): Codec {
  const { codec, modifier } = findBuiltin(key) ?? textual(key);
  return codec(context, unpackModifier(modifier, typmod));
}

/** Whether a cast between two types is exact or fails; every other conversion goes through text. */
export function hasDirectCast(from: string, to: string): boolean {
  const [source = [], target = []] = [findBuiltin(from)?.casts, findBuiltin(to)?.casts];
  return [...source, ...target].includes("text") || source.some(group => target.includes(group));
}

/** The name that PostgreSQL prints, without a modifier. */
export function printedName(key: string): string {
  return (findBuiltin(key)?.printed ?? key).replace("%", "");
}
