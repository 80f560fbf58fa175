// The types of the differential test, each with its values.
import fc from "fast-check";
import { EDGE_TYPES, EDGES } from "./edge-values.ts";
import { dates, intervals, moments, times, zonedTimes } from "./random-times.ts";
import {
  bits,
  bytes,
  coordinate,
  decimals,
  floats,
  integers,
  json,
  listOf,
  macs,
  networks,
  points,
  rangeOf,
  texts,
  uuids,
} from "./random-values.ts";
import { isServer } from "./server-version.ts";

const SCALES = isServer(15) ? ["numeric(3,-2)", "numeric(3,5)"] : [];

/** A type and its values. */
export interface DifferentialType {
  /** The type in SQL. */
  readonly type: string;
  readonly values: fc.Arbitrary<unknown>;
}

/** At least 40 types and modifiers. */
export const TYPES: readonly DifferentialType[] = [
  ...["int2", "int4", "int8", "oid", "money"].map(type => ({
    type,
    values: type === "money" ? decimals : integers,
  })),
  ...["float4", "float8"].map(type => ({ type, values: floats })),
  ...["numeric", "numeric(5,2)", ...SCALES, "numeric(10,0)"].map(type => ({
    type,
    values: decimals,
  })),
  { type: "bool", values: fc.constantFrom<unknown>(true, false, "t", "yes", 1, 0, "true") },
  ...["text", "varchar", "varchar(3)", "char(3)", "name", '"char"', "bpchar"].map(type => ({
    type,
    values: texts,
  })),
  { type: "uuid", values: uuids },
  { type: "date", values: dates },
  ...["timestamp", "timestamptz", "timestamp(0)", "timestamptz(3)"].map(type => ({ type, values: moments })),
  ...["time", "time(2)"].map(type => ({ type, values: times })),
  ...["timetz", "timetz(0)"].map(type => ({ type, values: zonedTimes })),
  ...["interval", "interval(2)"].map(type => ({ type, values: intervals })),
  { type: "bytea", values: bytes },
  ...["json", "jsonb"].map(type => ({ type, values: json })),
  ...["bit(4)", "varbit(4)", "varbit", "bit"].map(type => ({ type, values: bits })),
  ...["inet", "cidr"].map(type => ({ type, values: networks })),
  ...["macaddr", "macaddr8"].map(type => ({ type, values: macs })),
  {
    type: "pg_lsn",
    values: fc.oneof(
      fc.stringMatching(/^[\da-fA-F]{0,9}\/[\da-fA-F]{0,9}$/),
      fc.constantFrom<unknown>("0/0", "FFFFFFFF/FFFFFFFF", "1/", " 1/2", "1/2 ", "1/-2", "x/0", 12),
    ),
  },
  {
    type: "tid",
    values: fc.oneof(
      fc.tuple(fc.nat(5_000_000_000), fc.nat(70_000)).map(([block, row]) => `(${block},${row})`),
      fc.constantFrom<unknown>("(0,0)", "(4294967295,65535)", "(0,65536)", "0,1", "(-1,1)", "(1)", "", 1),
    ),
  },
  {
    type: "xid8",
    values: fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 65n }).map(String),
      fc.constantFrom<unknown>("18446744073709551615", "18446744073709551616", "", "1.5", "abc", 1),
    ),
  },
  { type: "point", values: points },
  { type: "circle", values: fc.record({ center: points, radius: coordinate }) },
  { type: "int4[]", values: listOf(integers) },
  { type: "text[]", values: listOf(texts) },
  { type: "numeric(5,2)[]", values: listOf(decimals) },
  { type: "date[]", values: listOf(dates) },
  { type: "int4range", values: rangeOf(integers) },
  { type: "numrange", values: rangeOf(decimals) },
  { type: "daterange", values: rangeOf(dates) },
  { type: "tstzrange", values: rangeOf(moments) },
  { type: "mood", values: fc.constantFrom<unknown>("sad", "ok", "it's", "Sad", "", " sad", "sad ", 1) },
  { type: "mood[]", values: listOf(fc.constantFrom<unknown>("sad", "ok", "it's", "", 1)) },
  { type: "score", values: fc.oneof(integers, fc.integer({ min: -5, max: 105 })) },
  { type: "score[]", values: listOf(fc.integer({ min: -5, max: 105 })) },
  { type: "short_code", values: texts },
  {
    type: "pair",
    values: fc.record({ a: fc.oneof(integers, fc.constant(null)), b: fc.oneof(texts, fc.constant(null)) }),
  },
  ...EDGE_TYPES.map(type => ({ type, values: fc.constantFrom(...EDGES[type]!) })),
];

/** Including user-defined types. */
export const TYPES_SQL = `
create type mood as enum ('sad', 'ok', 'it''s');
create domain score_base as int4 not null check (value >= 0);
create domain score as score_base check (value <= 100);
create domain short_code as text check (length(value) <= 3 and value <> 'abc');
create type pair as (a int4, b text);`;
