// The column that `createTable` creates for each form of a Valibot schema, with the limits of its rules.
import { expect, test } from "bun:test";
import * as v from "valibot";
import { createTableSql } from "../../src/ddl/index.ts";
import { ArgumentError } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { schema } = await testTables("create table nothing ()");

/** The column's line in CREATE TABLE, and its checks. */
function columnOf(entry: unknown): readonly string[] {
  const [text] = createTableSql(schema, "t", { c: entry } as never) as [string];
  // Without the primary key that every table gets.
  const lines = text.split("\n").slice(1, -1);
  const own = lines.filter(line => !/^ *"id"|"t_pkey"/.test(line));
  return own.map(line => line.trim().replace(/,$|^CONSTRAINT "t_c_check\d*" /g, ""));
}

const number = v.number();
const MAX = 2_147_483_647;
const integer = (low: unknown, high: unknown) =>
  v.pipe(number, v.integer(), v.minValue(low as number), v.maxValue(high as number));

const COLUMNS: readonly [name: string, entry: unknown, ...lines: string[]][] = [
  ["nullable", v.nullable(v.string()), '"c" text'],
  ["nullish", v.nullish(v.string()), '"c" text'],
  ["optional", v.optional(v.string()), '"c" text'],
  ["exactOptional", v.exactOptional(v.string()), '"c" text'],
  ["undefinedable", v.undefinedable(v.string()), '"c" text'],
  ["nullable in nonNullable", v.nonNullable(v.nullable(v.string())), '"c" text NOT NULL'],
  ["nullish in nonNullish", v.nonNullish(v.nullish(v.string())), '"c" text NOT NULL'],
  ["optional in nonOptional", v.nonOptional(v.optional(v.string())), '"c" text NOT NULL'],
  ["optional with a default", v.optional(v.string(), "x"), `"c" text DEFAULT 'x' NOT NULL`],
  ["nullable with a default", v.nullable(v.string(), "x"), `"c" text DEFAULT 'x'`],
  ["nullish with a default", v.nullish(v.string(), "x"), `"c" text DEFAULT 'x'`],
  ["nullable in optional with a default", v.optional(v.nullable(v.string()), "x"), `"c" text DEFAULT 'x'`],
  ["nullable with the default null", v.nullable(v.string(), null), '"c" text'],
  ["one value", v.literal(5), '"c" bigint NOT NULL', 'CHECK ("c" IN (5))'],
  ["true", v.literal(true), '"c" boolean NOT NULL', 'CHECK ("c" IN (true))'],
  ["a list of types", v.array(v.string()), '"c" text[] NOT NULL'],
  ["a list of objects", v.array(v.object({})), '"c" jsonb NOT NULL'],
  ["Uint8Array", v.instance(Uint8Array), '"c" bytea NOT NULL'],
  ["ArrayBuffer", v.instance(ArrayBuffer), '"c" bytea NOT NULL'],
  ["Buffer", v.instance(Buffer), '"c" bytea NOT NULL'],
  ["Date", v.instance(Date), '"c" timestamp with time zone NOT NULL'],
  ["a union with null", v.union([v.string(), v.null()]), '"c" text'],
  ["a union with undefined", v.union([v.string(), v.undefined()]), '"c" text'],
  ["a union with a nullable member", v.union([v.nullable(v.string()), v.string()]), '"c" text'],
  [
    "a union of one member with rules",
    v.union([v.pipe(v.string(), v.nonEmpty()), v.null()]),
    '"c" text',
    `CHECK ("c" <> '')`,
  ],
  [
    "a union of members with rules",
    v.union([v.pipe(v.string(), v.nonEmpty()), v.string()]),
    '"c" text NOT NULL',
  ],
  [
    "a union of lists of values",
    v.union([v.picklist(["a", "b"]), v.literal("c")]),
    '"c" text NOT NULL',
    `CHECK ("c" IN ('a', 'b', 'c'))`,
  ],
  ["a union of a list and any string", v.union([v.literal("a"), v.string()]), '"c" text NOT NULL'],
  [
    "a union of strings with two rules",
    v.union([v.pipe(v.literal("a"), v.nonEmpty()), v.literal("b")]),
    '"c" text NOT NULL',
  ],
  [
    "codePoints",
    v.pipe(v.string(), v.codePoints(3)),
    '"c" character varying(3) NOT NULL',
    'CHECK (char_length("c") = 3)',
  ],
  [
    "minCodePoints",
    v.pipe(v.string(), v.minCodePoints(3)),
    '"c" text NOT NULL',
    'CHECK (char_length("c") >= 3)',
  ],
  ["minBytes", v.pipe(v.string(), v.minBytes(3)), '"c" text NOT NULL', 'CHECK (octet_length("c") >= 3)'],
  ["maxBytes", v.pipe(v.string(), v.maxBytes(3)), '"c" text NOT NULL', 'CHECK (octet_length("c") <= 3)'],
  ["bytes", v.pipe(v.string(), v.bytes(3)), '"c" text NOT NULL', 'CHECK (octet_length("c") = 3)'],
  ["a bigint", v.literal(5n), '"c" bigint NOT NULL', 'CHECK ("c" IN (5))'],
  ["maxLength 0", v.pipe(v.string(), v.maxLength(0)), '"c" text NOT NULL', 'CHECK (char_length("c") <= 0)'],
  ["maxLength 1", v.pipe(v.string(), v.maxLength(1)), '"c" character varying(1) NOT NULL'],
  [
    "maxLength 10,485,760",
    v.pipe(v.string(), v.maxLength(10_485_760)),
    '"c" character varying(10485760) NOT NULL',
  ],
  [
    "maxLength 10,485,761",
    v.pipe(v.string(), v.maxLength(10_485_761)),
    '"c" text NOT NULL',
    'CHECK (char_length("c") <= 10485761)',
  ],
  ["two lengths", v.pipe(v.string(), v.maxLength(5), v.maxLength(9)), '"c" character varying(5) NOT NULL'],
  ["minLength 0", v.pipe(v.string(), v.minLength(0)), '"c" text NOT NULL'],
  ["minLength 1", v.pipe(v.string(), v.minLength(1)), '"c" text NOT NULL', `CHECK ("c" <> '')`],
  ["length 0", v.pipe(v.string(), v.length(0)), '"c" text NOT NULL', 'CHECK (char_length("c") <= 0)'],
  ["bytes", v.pipe(v.string(), v.bytes(3)), '"c" text NOT NULL', 'CHECK (octet_length("c") = 3)'],
  [
    "a non-empty list",
    v.pipe(v.array(v.string()), v.nonEmpty()),
    '"c" text[] NOT NULL',
    'CHECK (cardinality("c") >= 1)',
  ],
  [
    "a list of a length",
    v.pipe(v.array(v.string()), v.length(2)),
    '"c" text[] NOT NULL',
    'CHECK (cardinality("c") = 2)',
  ],
  ["a list with a different rule", v.pipe(v.array(v.string()), v.includes("a")), '"c" text[] NOT NULL'],
  ["a list of lists of a length", v.pipe(v.array(v.array(v.string())), v.length(2)), '"c" text[] NOT NULL'],
  ["a limit that is a boolean", v.pipe(v.boolean(), v.minValue(true)), '"c" boolean NOT NULL'],
  ["a rule that SQL lacks", v.pipe(number, v.multipleOf(3)), '"c" double precision NOT NULL'],
  [
    "a limit that is a number",
    v.pipe(number, v.minValue(1.5)),
    '"c" double precision NOT NULL',
    'CHECK ("c" >= 1.5)',
  ],
  ["a limit of NaN", v.pipe(number, v.minValue(Number.NaN)), '"c" double precision NOT NULL'],
  ["a limit that is a bigint", v.pipe(v.bigint(), v.gtValue(3n)), '"c" bigint NOT NULL', 'CHECK ("c" > 3)'],
  ["a limit that is a string", v.pipe(v.bigint(), v.gtValue("3" as never)), '"c" bigint NOT NULL'],
  [
    "a limit that is a date",
    v.pipe(v.string(), v.isoDate(), v.minValue("2024-02-29")),
    '"c" date NOT NULL',
    `CHECK ("c" >= '2024-02-29')`,
  ],
  [
    "a date limit that is a number",
    v.pipe(v.string(), v.isoDate(), v.minValue(5 as never)),
    '"c" date NOT NULL',
  ],
  [
    "a limit that is a timestamp",
    v.pipe(v.date(), v.maxValue(new Date("2024-01-01Z"))),
    '"c" timestamp with time zone NOT NULL',
    `CHECK ("c" <= '2024-01-01T00:00:00.000Z')`,
  ],
  [
    "a timestamp limit that is a string",
    v.pipe(v.date(), v.maxValue("x" as never)),
    '"c" timestamp with time zone NOT NULL',
  ],
  ["an integer", v.pipe(number, v.integer()), '"c" bigint NOT NULL'],
];

for (const [name, entry, ...lines] of COLUMNS)
  test(`${name} is ${lines.join(", ")}`, () => expect(columnOf(entry)).toEqual(lines));

test.each([
  ["both limits of four bytes", -MAX - 1, MAX, "integer"],
  ["a lower limit below four bytes", -MAX - 2, MAX, "bigint"],
  ["an upper limit above four bytes", -MAX - 1, MAX + 1, "bigint"],
  ["limits above four bytes", MAX + 1, MAX + 2, "bigint"],
  ["limits below four bytes", -MAX - 3, -MAX - 2, "bigint"],
  ["limits that are bigints", 1n, 2n, "bigint"],
])("an integer with %s", (_name, low, high, type) => {
  expect(columnOf(integer(low, high))[0]).toBe(`"c" ${type} NOT NULL`);
});

test("a number with limits of four bytes that need not be an integer is a double precision", () => {
  expect(columnOf(v.pipe(number, v.minValue(0), v.maxValue(5)))[0]).toBe('"c" double precision NOT NULL');
});

test.each([
  ["only a lower limit", v.minValue(1)],
  ["only an upper limit", v.maxValue(1)],
  ["limits of a different type", v.gtValue(1)],
])("an integer with %s is a bigint", (_name, limit) => {
  expect(columnOf(v.pipe(number, v.integer(), limit as v.MinValueAction<number, 1, undefined>))[0]).toBe(
    '"c" bigint NOT NULL',
  );
});

const REJECTED: readonly [name: string, entry: unknown, message: string][] = [
  ["a union without members", v.union([]), "v.union without members has no type"],
  ["a union of null", v.union([v.null(), v.undefined()]), "v.union without members has no type"],
  ["a union without a type", v.union([v.symbol(), v.string()]), "v.symbol has no PostgreSQL type"],
  [
    "a union with a member without a type",
    v.union([v.string(), v.symbol()]),
    "the members of its v.union have different types",
  ],
  ["a union of types", v.union([v.string(), v.boolean()]), "the members of its v.union have different types"],
  ["values of types", v.picklist(["a", 1] as never), 'its values "a", 1 have no common type'],
  ["values of three types", v.picklist(["a", 1, 2.5] as never), 'its values "a", 1, 2.5 have no common type'],
  ["a value without a type", v.literal(Symbol("x")), "its values Symbol(x) have no common type"],
  ["an instance", v.instance(Map), "v.instance(Map) has no PostgreSQL type"],
  ["a list of elements without a type", v.array(v.symbol()), "v.symbol has no PostgreSQL type"],
  ["optional without a type", v.optional(v.symbol()), "v.symbol has no PostgreSQL type"],
  [
    "a pipe without a type",
    v.pipe(
      v.symbol(),
      v.check(() => true),
    ),
    "v.symbol has no PostgreSQL type",
  ],
  ["a transformation", v.pipe(v.string(), v.transform(Number)), "the result of transform has no known type"],
];

test.each(REJECTED)("%s is rejected", (_name, entry, message) => {
  const attempt = (): unknown => columnOf(entry);
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow(`t.c: ${message}`);
});
