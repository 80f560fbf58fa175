// Values of types other than dates and times: values that failed in the past, and random ones.
import fc from "fast-check";

export const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });

export const integers: fc.Arbitrary<unknown> = fc.oneof(
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

export const floats: fc.Arbitrary<unknown> = fc.oneof(
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

export const decimals: fc.Arbitrary<unknown> = fc.oneof(
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

export const texts: fc.Arbitrary<unknown> = fc.oneof(
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

const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: 1, maxLength: 4 });
export const networks: fc.Arbitrary<unknown> = fc.oneof(
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
export const macs: fc.Arbitrary<unknown> = fc.oneof(
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

export const bits: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom("", "1", "1010", "10101", "b101", "xA", "2", "101 ", 5),
  fc.string({ unit: fc.constantFrom("0", "1"), maxLength: 6 }),
);

export const bytes: fc.Arbitrary<unknown> = fc.oneof(
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

export const json: fc.Arbitrary<unknown> = fc.oneof(
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

export const uuids: fc.Arbitrary<unknown> = fc.oneof(
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

export const coordinate: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, 1e-300, "1"),
  fc.double(),
);
export const points: fc.Arbitrary<unknown> = fc.record({ x: coordinate, y: coordinate });
export const listOf = (element: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
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
export const rangeOf = (bound: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
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
