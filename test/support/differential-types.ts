// Types offered to the differential test, each with the values that go wrong and a way to make more of them.
import fc from "fast-check";

/** How the values of a type are made, beside those that every type is offered. */
export interface DifferentialType {
  /** As SQL writes it. */
  readonly type: string;
  readonly values: fc.Arbitrary<unknown>;
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });

const integers = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    32767,
    32768,
    -32768,
    -32769,
    2147483647,
    2147483648,
    -2147483648,
    -2147483649,
    4294967295,
    4294967296,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 53),
    1.5,
    1e21,
    2n ** 63n - 1n,
    2n ** 63n,
    -(2n ** 63n),
    -(2n ** 63n) - 1n,
    5n,
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "007",
    "-0",
    "+5",
    "1.0",
    " 1",
    "0x10",
    "1_000",
    "",
  ),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  digits(1, 20),
);

const floats = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    0.1,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    1e-45,
    1e-46,
    3.4028235e38,
    3.5e38,
    1.7976931348623157e308,
    1n,
    "1",
  ),
  fc.double(),
  fc.float(),
);

const decimals = fc.oneof(
  fc.constantFrom(
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "+infinity",
    "inf",
    ".5",
    "5.",
    "+5",
    "1e2",
    "1E-3",
    "-0.00",
    "1200",
    "1250",
    "0.00123",
    "0.01",
    "123.45",
    "123.455",
    "999.99",
    "1000",
    "1e131071",
    "1e131072",
    "1e-16383",
    "1e-16384",
    `1.${"0".repeat(20_000)}`,
    "0x10",
    "1_000",
    " 1",
    ".",
    "e5",
    0.1 + 0.2,
    1e21,
    5n,
    NaN,
    Infinity,
    "92233720368547758.07",
    "92233720368547758.08",
    "-92233720368547758.09",
  ),
  fc
    .tuple(digits(0, 8), digits(0, 6), fc.constantFrom("", "-", "+"))
    .map(([whole, part, sign]) => `${sign}${whole}.${part}`),
  fc
    .tuple(digits(1, 5), fc.integer({ min: -8, max: 8 }))
    .map(([number, exponent]) => `${number}e${exponent}`),
  fc.double(),
  fc.integer(),
);

const texts = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "a",
    "abc",
    "abcd",
    "abc ",
    "abc  ",
    "ab\u0000",
    "\ud800",
    "😀😀😀",
    "😀😀😀😀",
    "é",
    "e\u0301",
    "'",
    "\\",
    '"',
    "{}",
    "NULL",
    "null",
    1,
    true,
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: "grapheme", maxLength: 5 }),
  fc.string({ unit: "binary", maxLength: 5 }),
);

const pad = (number: number, length: number): string => String(number).padStart(length, "0");
const dates = fc.oneof(
  fc.constantFrom(
    "infinity",
    "-infinity",
    "2023-02-29",
    "2024-02-29",
    "1900-02-29",
    "2000-02-29",
    "0001-01-01",
    "0000-01-01",
    "5874897-12-31",
    "5874898-01-01",
    "2024-1-1",
    "20240101",
    "today",
    "now",
    "epoch",
    "2024-01-01 10:00",
    "0044-03-15 BC",
    " 2024-01-01",
    new Date(0),
    new Date(NaN),
  ),
  fc
    .tuple(
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([year, month, day]) => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`),
);

const clocks = fc
  .tuple(
    fc.integer({ min: 0, max: 25 }),
    fc.integer({ min: 0, max: 61 }),
    fc.integer({ min: 0, max: 61 }),
    digits(0, 7),
  )
  .map(
    ([hour, minute, second, part]) =>
      `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${part === "" ? "" : `.${part}`}`,
  );
const offsets = fc.oneof(
  fc.constantFrom("", "Z", "z", "+00", "-15:59", "+15:59", "+16:00", "+0530", "+05:30:15", " UTC", "-15:00"),
  fc
    .tuple(fc.constantFrom("+", "-"), fc.integer({ min: 0, max: 17 }), fc.integer({ min: 0, max: 61 }))
    .map(([sign, hour, minute]) => `${sign}${pad(hour, 2)}:${pad(minute, 2)}`),
);
const moments = fc.oneof(
  fc.constantFrom(
    "infinity",
    "-infinity",
    "294276-12-31T23:59:59-15:00",
    "294276-12-31 23:59:59.999999Z",
    "294277-01-01T00:00:00Z",
    "294276-12-31T23:59:59.999999",
    "4714-11-24 00:00:00 BC",
    "2024-01-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:59:60Z",
    "now",
    "2024-01-01T00:00:00.9999999Z",
    "2024-01-01T00:00:00.6Z",
    "2024-01-01 00:00:00.1234",
    "2024-01-01T10:00Z",
    new Date(0),
    new Date(NaN),
    new Date(8.64e15),
    new Date(-8.64e15),
    new Date(Date.UTC(-4713, 10, 24)),
    new Date(Date.UTC(-4713, 10, 24) - 1),
    new Date("2024-01-01T00:00:00.600Z"),
    0,
  ),
  fc.date({ noInvalidDate: true }),
  fc
    .tuple(dates, fc.constantFrom("T", " "), clocks, offsets)
    .map(([day, gap, clock, offset]) => `${String(day)}${gap}${clock}${offset}`),
);
const times = fc.oneof(
  fc.constantFrom(
    "24:00",
    "24:00:00",
    "24:00:00.0",
    "24:00:01",
    "23:59:60",
    "12:00 pm",
    "12:00",
    "9:00",
    "now",
    "12:00:00.0000001",
  ),
  clocks,
);
const zonedTimes = fc.tuple(times, offsets).map(([clock, offset]) => `${clock}${offset}`);

const intervals = fc.oneof(
  fc.constantFrom(
    "P1Y2M3DT4H5M6.789S",
    "PT0S",
    "P1D",
    "-P1D",
    "P-1D",
    "PT1.1234567S",
    "P1W",
    "1 day",
    "1",
    "P",
    "PT",
    "infinity",
    "-infinity",
    "1 year -2 days",
    "P1Y2M3DT4H5M6.1234567S",
    "PT1H",
    "P178000000Y",
    "P178956971Y",
    "01:02:03",
    "@ 1 day ago",
    "1 day 01:02:03.5",
  ),
  fc
    .tuple(
      fc.integer({ min: -2000, max: 2000 }),
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: -90, max: 90 }),
      digits(0, 7),
    )
    .map(
      ([years, months, seconds, part]) => `P${years}Y${months}MT${seconds}${part === "" ? "" : `.${part}`}S`,
    ),
);

const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 1, maxLength: 4 });
const networks = fc.oneof(
  fc.constantFrom(
    "10.0.0.1",
    "010.0.0.1",
    "10.1",
    "10.0.0.1/8",
    "10.0.0.0/8",
    "10.0.0.1/33",
    "::",
    "::1",
    "::ffff:1.2.3.4",
    "::ffff:01.2.3.4",
    "1::2::3",
    "00001::",
    "fe80::1%eth0",
    "::/0",
    "::1/128",
    "::1/129",
    " ::1",
    "256.1.1.1",
    "1.2.3.4/08",
    "2001:db8::/32",
    "10",
    "10.0.0.0/24",
  ),
  fc.array(fc.integer({ min: 0, max: 260 }), { minLength: 3, maxLength: 5 }).map(parts => parts.join(".")),
  fc.array(hex, { minLength: 6, maxLength: 9 }).map(parts => parts.join(":")),
  fc
    .tuple(fc.array(hex, { maxLength: 4 }), fc.array(hex, { maxLength: 4 }), fc.integer({ min: 0, max: 130 }))
    .map(([left, right, mask]) => `${left.join(":")}::${right.join(":")}/${mask}`),
);
const macs = fc.oneof(
  fc.constantFrom(
    "08:00:2b:01:02:03",
    "08-00-2b-01-02-03",
    "08002b:010203",
    "0800.2b01.0203",
    "08002b010203",
    "08:00:2b:01:02:03:04:05",
    "08002b0102030405",
    "8:0:2b:1:2:3",
    "08:00:2b:01:02",
    "",
  ),
  fc.array(hex, { minLength: 5, maxLength: 9 }).map(parts => parts.join(":")),
);

const bits = fc.oneof(
  fc.constantFrom("", "1", "1010", "10101", "b101", "xA", "2", "101 ", 5),
  fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 6 }),
);

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.constantFrom<unknown>(
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(1)),
    new Float32Array(1),
    [1, 2],
    "\\x00",
    Buffer.from("a"),
  ),
);

const json = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    "",
    "a\u0000b",
    "\ud800",
    NaN,
    Infinity,
    -0,
    1n,
    undefined,
    { a: undefined },
    { a: 1n },
    new Date(0),
    new Map(),
    [undefined],
    Symbol("x"),
    { "\ud800": 1 },
    { __proto__: null, a: 1 },
    { toJSON: () => 1 },
    1e308,
    5e-324,
    [[[]]],
    { a: { b: [null] } },
  ),
);

const uuids = fc.oneof(
  fc.uuid(),
  fc.constantFrom(
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
    "a0eebc999c0b4ef8bb6d6bb9bd380a11",
    "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
    "a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11",
    "",
    "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
  ),
);

const coordinate = fc.oneof(
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, 1e-300, "1"),
  fc.double(),
);
const points = fc.record({ x: coordinate, y: coordinate });
const listOf = (element: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.array(fc.oneof({ weight: 5, arbitrary: element }, { weight: 1, arbitrary: fc.constant(null) }), {
      maxLength: 4,
    }),
    fc.array(fc.array(element, { minLength: 2, maxLength: 2 }), { maxLength: 3 }),
    fc.constantFrom<unknown>(
      [],
      [[]],
      [[1], [2, 3]],
      [[[[[[[1]]]]]]],
      [1, [2]],
      new Int32Array([1, 2]),
      "{}",
      {},
      [undefined],
    ),
  );
const rangeOf = (bound: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(
      "empty",
      { lower: null, upper: null, bounds: "()" },
      { lower: 1, upper: 2 },
      "[1,2)",
      [],
    ),
    fc.record({
      lower: fc.oneof(bound, fc.constant(null)),
      upper: fc.oneof(bound, fc.constant(null)),
      bounds: fc.constantFrom("[)", "[]", "()", "(]", "[", 5),
    }),
  );

/** At least 40 types and modifiers. */
export const TYPES: readonly DifferentialType[] = [
  ...["int2", "int4", "int8", "oid", "money"].map(type => ({
    type,
    values: type === "money" ? decimals : integers,
  })),
  ...["float4", "float8"].map(type => ({ type, values: floats })),
  ...["numeric", "numeric(5,2)", "numeric(3,-2)", "numeric(3,5)", "numeric(10,0)"].map(type => ({
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
];

/** The user's types among them. */
export const TYPES_SQL = `
create type mood as enum ('sad', 'ok', 'it''s');
create domain score_base as int4 not null check (value >= 0);
create domain score as score_base check (value <= 100);
create domain short_code as text check (length(value) <= 3 and value <> 'abc');
create type pair as (a int4, b text);`;
