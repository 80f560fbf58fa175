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
import { cidrCodec, inetCodec, macaddr8Codec, macaddrCodec } from "./network.ts";
import { moneyCodec, numericCodec } from "./numeric.ts";
import { boundedTextCodec, bytesTextCodec, textCodec } from "./text.ts";
import { timeCodec } from "./time.ts";
import { timestampCodec } from "./timestamp.ts";
import { uuidCodec } from "./uuid.ts";

/** What the codec of a built-in type depends on. */
export interface BuiltinContext {
  readonly jsTypes: JsTypes;
  readonly serverVersionNum: number;
  readonly typmod: number;
}

const UINT4_HIGH = 4_294_967_295;

// Those that depend on the modifier or on the chosen JavaScript form, and those that few databases have, are made when
// a column needs them.
const BUILTIN: ReadonlyMap<string, Codec | ((context: BuiltinContext) => Codec)> = new Map<
  string,
  Codec | ((context: BuiltinContext) => Codec)
>([
  ["int2", () => integerCodec("int2", -32_768, 32_767)],
  ["int4", () => integerCodec("int4", -2_147_483_648, 2_147_483_647)],
  ["int8", ({ jsTypes }) => int8Codec(jsTypes.int8)],
  ["oid", () => integerCodec("oid", 0, UINT4_HIGH)],
  ["xid", () => integerCodec("xid", 0, UINT4_HIGH)],
  ["cid", () => integerCodec("cid", 0, UINT4_HIGH)],
  ["float4", float4Codec],
  ["float8", float8Codec],
  ["numeric", ({ typmod }) => numericCodec(typmod)],
  ["money", moneyCodec],
  ["bool", booleanCodec],
  ["varchar", ({ typmod }) => boundedTextCodec("varchar", typmod)],
  ["bpchar", ({ typmod }) => boundedTextCodec("bpchar", typmod)],
  ["name", () => bytesTextCodec("name", 63)],
  ["char", () => bytesTextCodec('"char"', 1)],
  ["uuid", uuidCodec],
  ["bit", ({ typmod }) => bitCodec(typmod)],
  ["varbit", ({ typmod }) => varbitCodec(typmod)],
  ["bytea", byteaCodec],
  ["date", dateCodec],
  ["time", ({ typmod }) => timeCodec("time", typmod)],
  ["timetz", ({ typmod }) => timeCodec("timetz", typmod)],
  ["timestamp", ({ typmod, jsTypes }) => timestampCodec("timestamp", typmod, jsTypes.timestamp)],
  ["timestamptz", ({ typmod, jsTypes }) => timestampCodec("timestamptz", typmod, jsTypes.timestamptz)],
  ["interval", ({ typmod, serverVersionNum }) => intervalCodec(typmod, serverVersionNum >= 170_000)],
  ["json", ({ jsTypes }) => jsonCodec("json", jsTypes.json)],
  ["jsonb", ({ jsTypes }) => jsonCodec("jsonb", jsTypes.json)],
  ["inet", inetCodec],
  ["cidr", cidrCodec],
  ["macaddr", macaddrCodec],
  ["macaddr8", macaddr8Codec],
  ["point", pointCodec],
  ["line", lineCodec],
  ["lseg", lsegCodec],
  ["box", boxCodec],
  ["path", pathCodec],
  ["polygon", polygonCodec],
  ["circle", circleCodec],
  ["text", () => textCodec("text")],
]);

// They have no equality.
const INCOMPARABLE: ReadonlySet<string> = new Set([
  "xml",
  "jsonpath",
  "refcursor",
  "txid_snapshot",
  "pg_snapshot",
]);

/** The codec of a built-in scalar type; a type without rules of its own is PostgreSQL's text. */
export function builtinCodec(name: string, context: BuiltinContext): Codec {
  const known = BUILTIN.get(name);
  if (typeof known === "function") return known(context);
  return known ?? textCodec(name, "other", INCOMPARABLE.has(name) ? null : undefined);
}
