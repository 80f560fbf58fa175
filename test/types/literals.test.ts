// Numbers are ordered as in PostgreSQL, also beyond a double; literals that end too early or continue are malformed.
import { expect, test } from "bun:test";
import { parseArrayLiteral } from "../../src/types/array-literal.ts";
import { compareNumbers, orderTo, sameDecimal } from "../../src/types/decimal.ts";
import { parseMultirangeLiteral, parseRangeLiteral } from "../../src/types/range-literal.ts";
import { parseRecordLiteral } from "../../src/types/record-literal.ts";
import { testTables } from "../support/test-tables.ts";

const { plain } = await testTables("");

const NUMBERS = [
  ...[
    "-Infinity",
    "-1e500",
    "-1e400",
    "-9007199254740993",
    "-9007199254740992",
    "-1",
    "-0.99999999999999999",
  ],
  ...["-1e-400", "-1e-500", "0", "-0", "0.00", "1e-500", "1e-400", "2e-400", "0.1", "0.10000000000000000001"],
  ...["0.99999999999999999", "1", "1.0", "+1", "1.00000000000000000001", "9", "10", "9007199254740992"],
  ...["9007199254740993", "9007199254740993.5", "1e400", "1.5e400", "2e400", "1e500", "Infinity", "NaN"],
];

test("any two numbers are in PostgreSQL's order, and equal if PostgreSQL considers them equal", async () => {
  const list = NUMBERS.map(one => `('${one}'::numeric)`).join(", ");
  const numbered = `(select n, row_number() over () as i from (values ${list}) v (n))`;
  const orders = await plain(
    `select (a.n > b.n)::int - (a.n < b.n)::int from ${numbered} a cross join ${numbered} b order by a.i, b.i`,
  );
  const pairs = NUMBERS.flatMap(a => NUMBERS.map(b => [a, b] as const));
  const found = pairs.map(([a, b]) => `${a} and ${b}: ${Math.sign(compareNumbers(a, b))}`);
  expect(found).toEqual(pairs.map(([a, b], at) => `${a} and ${b}: ${orders[at]![0]}`));
  const finite = pairs.filter(pair => pair.every(text => /\d/.test(text)));
  const same = finite.filter(([a, b]) => sameDecimal(a, b) !== (compareNumbers(a, b) === 0));
  expect(same).toEqual([]);
});

test("a JavaScript number is ordered by its exact value", () => {
  expect(orderTo("9007199254740993")!(9007199254740993n)).toBe(0);
  expect(Math.sign(orderTo("9007199254740993")!(9007199254740992))).toBe(-1);
  expect(Math.sign(orderTo("0")!(5e-324))).toBe(1);
  expect(Math.sign(orderTo("0")!("007"))).toBe(1);
  expect(orderTo("0")!("0")).toBe(0);
  expect(orderTo("x")).toBeUndefined();
  expect(orderTo(".")).toBeUndefined();
  expect(sameDecimal("x", "x")).toBe(false);
  expect(sameDecimal("1", "x")).toBe(false);
  expect(sameDecimal(".", "0")).toBe(false);
  expect(sameDecimal(".5", "0.5")).toBe(true);
  expect(sameDecimal("5.", "5")).toBe(true);
  expect(sameDecimal("1", "-1")).toBe(false);
  expect(sameDecimal("1", "10")).toBe(false);
});

test.each([
  ...[
    "",
    "1",
    "{",
    "{1",
    "{1,",
    "{1}2",
    "{1}}",
    '{"a',
    '{"a\\',
    '{"a"b}',
    "{,1}",
    "{1,}",
    "{ }x",
    "{{1}",
    '{a"b}',
  ],
  ...["[0:1]", "{1;2}{", "{a{b}", '{a"}', '{"a"'],
])("the array %s is malformed", text => {
  expect(() => parseArrayLiteral(text)).toThrow("malformed array literal");
});

test.each([
  ["{}", []],
  ["{ }", []],
  ['{a b , c\\,d,\\"}', ["a b", "c,d", '"']],
  ['{"a\\"b","\\\\",""}', ['a"b', "\\", ""]],
  ['{null,Null,nulls,"null",nul\\l}', [null, null, "nulls", "null", "null"]],
  ["[0:1]={1,2}", ["1", "2"]],
  ["{\u00a0,a\u2003,\ufeffb\u2028 ,c\\ }", ["\u00a0", "a\u2003", "\ufeffb\u2028", "c "]],
  [
    "{{1,2},{3,4}}",
    [
      ["1", "2"],
      ["3", "4"],
    ],
  ],
])("the elements of the array %s", (text, elements) => {
  expect(parseArrayLiteral(text)).toEqual(elements as never);
});

test("the elements of an array are those of PostgreSQL, with any spaces and escapes around them", async () => {
  const spaces = [
    " ",
    "\t",
    "\n",
    "\v",
    "\f",
    "\r",
    "\u00a0",
    "\u0085",
    "\u2028",
    "\u3000",
    "\ufeff",
    "\\ ",
    "\\\\ ",
  ];
  const texts = spaces.flatMap(space => [
    ...[`{a${space},z}`, `{${space}a,z}`, `{a${space}b,z}`, `{${space}{a}}`, `{"a"${space},z}`],
    `{a${space}${space} ,z}`,
  ]);
  for (const text of texts) {
    const read = await plain(`select to_jsonb($$${text}$$::text[])`).catch(() => [["malformed"]]);
    let found: unknown = "malformed";
    try {
      found = parseArrayLiteral(text);
    } catch {}
    expect([text, found]).toEqual([text, read[0]![0]]);
  }
});

test.each(["", "1", "x1,a)", "(", "(1", "(1,", "(1)2", "(1))", '("a', '("a"b)', "((1)", "(a\\)"])(
  "the record %s is malformed",
  text => {
    expect(() => parseRecordLiteral(text)).toThrow("malformed record literal");
  },
);

test.each([
  ["()", [null]],
  ["(,)", [null, null]],
  ['("",a)', ["", "a"]],
  ['("a""b","c\\"d","\\\\")', ['a"b', 'c"d', "\\"]],
])("the fields of the record %s", (text, fields) => {
  expect(parseRecordLiteral(text)).toEqual(fields);
});

test.each(["", "{", "{[1,2)", "{[1,2)}x", "[1,2)}", "{[1,2),}", "{1}", "x[1,2)}", "{[1,2)]", "{empty}"])(
  "%s is not a multirange",
  text => {
    expect(parseMultirangeLiteral(text)).toBeUndefined();
  },
);

test("the ranges of a multirange, and the parts of a range", () => {
  expect(parseMultirangeLiteral("{}")).toEqual([]);
  expect(parseMultirangeLiteral('{[1,2),["a}",)}')).toEqual(["[1,2)", '["a}",)']);
  expect(parseRangeLiteral('["a,""b",)')).toEqual({ lower: 'a,"b', upper: null, bounds: "[)" });
  expect(parseRangeLiteral('("",b]')).toEqual({ lower: "", upper: "b", bounds: "(]" });
  for (const text of ["empty", "[1,2", "1,2)", "[1)", "[1,2)x", "x[1,2)"])
    expect(parseRangeLiteral(text)).toBeUndefined();
});

test("a field or bound of millions of characters and escapes is read", () => {
  for (const piece of ["a b", 'a""b', "\\\\x"]) {
    const quoted = `"${piece.repeat(3_000_000)}"`;
    const value = piece.replace(/(["\\])\1/, "$1").repeat(3_000_000);
    expect(parseRecordLiteral(`(1,${quoted},)`)[1] === value).toBe(true);
    expect(parseRangeLiteral(`[a,${quoted})`)?.upper === value).toBe(true);
    expect(parseMultirangeLiteral(`{[a,${quoted}),[c,]}`)?.[0] === `[a,${quoted})`).toBe(true);
  }
  const bare = "a\\,".repeat(3_000_000);
  expect(parseRangeLiteral(`[${bare},b)`)?.lower === "a,".repeat(3_000_000)).toBe(true);
});

test.each(["\\", "\\\\", "\\\\\\", "[\\", "[a,\\", "[,", "{[\\"])(
  "the unfinished text %s is no range",
  text => {
    expect(parseRangeLiteral(text)).toBeUndefined();
    expect(parseMultirangeLiteral(text)).toBeUndefined();
  },
);
