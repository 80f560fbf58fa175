// Edge cases that are missing from the boundary values of type-cases.ts, because they are rejected or only read.
import { describe, expect, test } from "bun:test";
import { expr, jsonNull, loadSchema, parseSchema, qOne, rowsWhere, validateInsert } from "../../src/index.ts";
import { booleanCodec } from "../../src/types/boolean.ts";
import { byteaCodec } from "../../src/types/bytea.ts";
import { compareNumbers } from "../../src/types/decimal.ts";
import { float8Codec } from "../../src/types/float.ts";
import { boxCodec, pointCodec } from "../../src/types/geometry.ts";
import { intervalCodec } from "../../src/types/interval.ts";
import { failure } from "../support/failure.ts";
import { isServer } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } =
  await testTables(`create domain share as int check (value <= 100); create domain full_share as share not null;
  create table rare (shares share[], full_shares full_share[], ints int4[], at timestamptz(2), moments timestamptz[], n numeric, m money,
  doc json, during int4range, many int4multirange, area box,
  outline polygon, one varchar(1), cents numeric(10, 2), border line, host inet, net cidr, span interval(2), clock time(1), label name)`);

const isValid = (column: string, value: unknown, given = schema): boolean =>
  validateInsert(given, "rare", [{ [column]: value }]).issues.length === 0;

const point = (x: number, y: number): object => ({ x, y });

test.each([
  [149_999, false],
  [150_000, true],
])(
  "an interval of more hours than an integer holds is possible on version %i: %p",
  (serverVersionNum, isAccepted) => {
    const given = parseSchema(JSON.stringify({ ...schema, serverVersionNum }));
    expect(isValid("span", `${2 ** 31}:00:00`, given)).toBe(isAccepted);
  },
);

test.each([
  [169_999, false],
  [170_000, true],
])("an interval can be infinite on version %i: %p", (serverVersionNum, isAccepted) => {
  const given = parseSchema(JSON.stringify({ ...schema, serverVersionNum }));
  expect(isValid("span", "infinity", given)).toBe(isAccepted);
});

describe("validateInsert", () => {
  test.each<readonly [string, unknown, boolean]>([
    ["ints", [[1], [2]], true],
    ["ints", [[]], false],
    ["ints", [[], []], false],
    ["ints", [1, [2]], false],
    ["ints", new Int32Array([1, 2]), true],
    ["ints", new DataView(new ArrayBuffer(4)), false],
    ["at", new Date("2026-01-01T00:00:00.120Z"), true],
    ["at", new Date("2026-01-01T00:00:00.123Z"), false],
    ["at", new Date(Date.UTC(-4713, 10, 24)), true],
    ["at", new Date(Date.UTC(-4713, 10, 24) - 10), false],
    ["label", "x".repeat(63), true],
    ["label", "x".repeat(64), false],
    ["m", "92233720368547758.07", true],
    ["m", "92233720368547758.08", false],
    ["m", "-92233720368547758.08", true],
    ["m", "NaN", false],
    ["shares", [null, 100], true],
    ["shares", [101], false],
    ["full_shares", [100], true],
    ["full_shares", [null], false],
    ["one", "\u{10000}", true],
    ["one", "\u{10ffff}", true],
    ["one", "\u{10ffff}a", false],
    ["n", Number.POSITIVE_INFINITY, true],
    ["n", 2 ** 53, false],
    ["cents", 99_999_999.99, true],
    ["cents", 100_000_000, false],
    ["cents", 250_000_000, false],
    ["cents", 1 / 121, false],
    ["outline", { points: [point(1, 2)] }, true],
    ["outline", { points: [] }, false],
    ["border", { a: 0, b: 1, c: 0 }, true],
    ["border", { a: 1.5e-6, b: 0, c: 0 }, true],
    ["border", { a: 0, b: 1.5e-6, c: 0 }, true],
    ["border", { a: 1e-6, b: -1e-6, c: 5 }, false],
    ["host", "255.255.255.255", true],
    ["host", "255.255.255.256", false],
    ["host", "10.0.0.0/32", true],
    ["host", "10.0.0.0/33", false],
    ["host", "::ffff/128", true],
    ["host", "::ffff/129", false],
    ["host", "1:2:3:4:5:6:7:8", true],
    ["host", "1:2:3:4:5:6:7::", true],
    ["host", "1:2:3:4:5:6:7:8::", false],
    ["net", "2001:db8::/32", true],
    ["net", "2001:db8::/16", false],
    ["net", "::1/128", true],
    ["net", "::1/127", false],
    ["net", "1:2:3:4:5:6:7:8/128", true],
    ["net", "1:2:3:4:5:6:7:8/120", false],
    // Before PostgreSQL 15 an interval has at most 2147483647 hours.
    ["span", "2562047788:00:54.5", isServer(15)],
    ["span", "2562047788:00:54.7700000", isServer(15)],
    ["span", "2147483647:00:54.5", true],
    ["span", "2562047788:00:54.78", false],
    ["span", "00:00:00.123", false],
    ["clock", "12:30:00.5", true],
    ["clock", "12:30:00.50", true],
    ["clock", "12:30:00.55", false],
    ["clock", "24:00:00", true],
    ["clock", "24:00:01", false],
    ["clock", "12:60", false],
    ["doc", { [Symbol("s")]: 1 }, false],
    ["doc", { a: undefined }, false],
    ["during", { lower: 1, upper: undefined, bounds: "[)" }, false],
    ["during", { lower: 1, upper: null, bounds: "[)" }, true],
    ["many", ["empty"], false],
    ["many", [], true],
    ["area", { high: point(NaN, 1), low: point(5, 0) }, true],
    ["area", { high: point(4, 1), low: point(5, 0) }, false],
  ])("%s: %p is valid: %p", (column, value, expected) => {
    expect(isValid(column, value)).toBe(expected);
  });

  test("a numeric has 131,072 digits before the decimal point and 16,383 after it", () => {
    const digits = (before: number, after: number): string => `${"1".repeat(before)}.${"1".repeat(after)}`;
    expect(isValid("n", digits(131_072, 16_383))).toBe(true);
    expect(isValid("n", digits(131_073, 1))).toBe(false);
    expect(isValid("n", digits(1, 16_384))).toBe(false);
    expect(["1e-16383", "1e-16384", "1.0e-16382", "1.0e-16383"].map(text => isValid("n", text))).toEqual([
      ...[true, false, true, false],
    ]);
  });

  test.each([
    ...[
      ["text", "a"],
      ["varchar(3)", "a"],
      ["char(3)", "abc"],
      ["name", "a"],
      ["uuid", crypto.randomUUID()],
    ],
    ...[
      ["date", "2026-01-02"],
      ["time", "12:30:00"],
      ["timetz", "12:30:00+02"],
      ["interval", "1 day"],
    ],
    ...[
      ["timestamp", "2026-01-02 12:30:00"],
      ["timestamptz", "2026-01-02 12:30:00+00"],
    ],
    ...[
      ["inet", "10.0.0.1"],
      ["cidr", "10.0.0.0/8"],
      ["macaddr", "08:00:2b:01:02:03"],
    ],
    ...[
      ["bit(3)", "101"],
      ["varbit", "101"],
      ["xml", "<a/>"],
      ["pg_lsn", "0/1"],
      ["tid", "(0,1)"],
    ],
    ...[
      ["int8", "1"],
      ["numeric", "1.5"],
      ["money", "1.50"],
      ["xid8", "1"],
      ["jsonpath", "$"],
    ],
  ] as [string, string][])(
    "%s: neither an array with the string %s nor an object is accepted",
    async (type, text) => {
      await sql.unsafe(`drop table if exists strings; create table strings (v ${type})`);
      const given = await loadSchema(sql);
      const accepted = [text, [text], { toString: () => text }, new String(text)].map(
        v => validateInsert(given, "strings", { v }).issues.length === 0,
      );
      expect(accepted).toEqual([true, false, false, false]);
    },
  );

  test("a string in a json column must be a well-formed string", () => {
    const texts = { ...schema, jsTypes: { ...schema.jsTypes, json: "string" } } as typeof schema;
    expect(isValid("doc", '"a"', texts)).toBe(true);
    expect(isValid("doc", '"\ud800"', texts)).toBe(false);
  });
});

test("infinite timestamps in an array are read as the largest and smallest Date", async () => {
  await sql`insert into rare (moments) values ('{infinity,-infinity,2026-01-01T00:00:00.5Z}')`;
  expect(await rowsWhere(sql, schema, "rare", { select: ["moments"] })).toEqual([
    { moments: [new Date(8.64e15), new Date(-8.64e15), new Date("2026-01-01T00:00:00.5Z")] },
  ]);
  await sql`truncate rare`;
});

test("json with integers as bigints: only unsafe ones, at any depth, and null", async () => {
  const exact = await loadSchema(sql, { types: { json: "bigint" } });
  const doc = `[9007199254740991, 9007199254740993, {"a": -9007199254740993, "b": [null, 0.5]}, 1234567890123456e3]`;
  await sql.unsafe(`insert into rare (doc) values ('${doc}'), ('null'), ('{"n": 12345678901234567}')`);
  expect(
    await rowsWhere(sql, exact, "rare", { select: ["doc"], orderBy: expr`length(doc::text) desc` }),
  ).toEqual([
    {
      doc: [
        9007199254740991,
        9007199254740993n,
        { a: -9007199254740993n, b: [null, 0.5] },
        1234567890123456e3,
      ],
    },
    { doc: { n: 12345678901234567n } },
    { doc: jsonNull },
  ] as never);
  await sql`truncate rare; insert into rare (doc) values ('[0.12345678901234567891]')`.simple();
  expect(await failure(rowsWhere(sql, exact, "rare"))).toMatchObject({
    message: expect.stringContaining('types: { json: "string" }'),
  });
  expect(await failure(rowsWhere(sql, schema, "rare"))).toMatchObject({
    message: expect.stringContaining('types: { json: "string" or "bigint" }'),
  });
  await sql`truncate rare`;
});

test("raw queries: nested arrays, invalid dates, and integers of json up to the last safe one", async () => {
  expect(await qOne(sql, schema, expr`select '{{2026-01-01},{NULL}}'::date[] as days`)).toEqual({
    days: [["2026-01-01"], [null]],
  });
  const integer = (text: string): Promise<unknown> =>
    qOne(sql, schema, expr(`select '{"n": [${text}]}'::jsonb as doc`));
  expect(await integer("9007199254740991")).toEqual({ doc: { n: [9007199254740991] } });
  expect(await failure(integer("9007199254740992"))).toMatchObject({
    message: expect.stringContaining("may have rounded"),
  });
});

test.each([
  ["1e-400", "0", 1],
  ["0", "1e-400", -1],
  ["-1e-400", "0", -1],
  ["1e-400", "2e-400", -1],
  ["1e-401", "1e-400", -1],
  ["9007199254740993", "9007199254740992", 1],
  ["NaN", "Infinity", 1],
  ["1", "no number", 0],
])("%s compared with %s is %i", (a, b, order) => {
  expect(Math.sign(compareNumbers(a, b))).toBe(order);
});

test.each([
  ["PT2147483647H", true],
  ["PT2147483648H", false],
  ["0", true],
  ["@ 0", true],
  ["PT-2147483648H", false],
  ["PT-2147483647H", true],
  ["PT2147483647H60M", false],
  ["PT-2147483647H-60M", false],
  ["infinity", false],
])("before PostgreSQL 15 the interval %s is valid: %p", (text, expected) => {
  const codec = intervalCodec([], { hasInfinity: false, isWide: false });
  expect(codec.check(text) === undefined).toBe(expected);
});

test("the text format of booleans, and malformed points and boxes", () => {
  const { parse } = booleanCodec();
  expect(["t", "true", "f", "false"].map(text => parse(text))).toEqual([true, true, false, false]);
  for (const codec of [pointCodec(), boxCodec()])
    expect(() => codec.parse("()")).toThrow("malformed geometric");
});

test.each([
  ...[
    ["NaN", NaN],
    ["nan", NaN],
    ["inf", Infinity],
    ["+Infinity", Infinity],
    ["-inf", -Infinity],
  ],
  ...[
    ["-Infinity", -Infinity],
    ["1e308", 1e308],
    ["-0", -0],
    ["0e5", 0],
  ],
] as [string, number][])("the text %s of a float8 is parsed as %d", (text, number) => {
  expect(float8Codec().parse(text)).toBe(number);
});

test.each(["1e309", "1e-400", "infinite", "nano", "-nan", "--inf"])(
  "%s is not a valid text of a float8",
  text => {
    expect(() => float8Codec().parse(text)).toThrow("is not a number in the range of float8");
  },
);

test("bytes in the escape format are rejected, not read as hexadecimal digits", () => {
  expect(byteaCodec().parse("\\x0aff")).toEqual(new Uint8Array([10, 255]));
  expect(() => byteaCodec().parse("0a0b0c")).toThrow("the session's bytea_output is not hex; set it to hex");
});
