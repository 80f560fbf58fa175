import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot, validateInsert } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { parseCheck } from "../../src/types/check-expression.ts";
import { conditionText } from "../../src/types/condition-text.ts";

/** Column type, CHECK, and values that PostgreSQL also checks; `isDecided` if the rule decides without PostgreSQL. */
const CHECKS: readonly [type: string, check: string, isDecided: boolean, values: readonly unknown[]][] = [
  ["int4", "c > 0", true, [-1, 0, 1]],
  ["int4", "c >= -1 and c < 5", true, [-2, -1, 4, 5]],
  ["int4", "c between 1 and 5", true, [0, 1, 5, 6]],
  ["int4", "c <> 3", true, [2, 3]],
  ["int4", "c in (1, 2, 3)", true, [0, 1, 3, 4]],
  ["int4", "c = 7", true, [6, 7]],
  ["int4", "c not in (1, 2)", true, [1, 2, 3]],
  ["int4", "c > 0.5", true, [0, 1]],
  ["int8", "c > 9007199254740993", true, ["9007199254740993", "9007199254740994"]],
  ["numeric", "c >= 0.10", true, ["0.1", "0.09", "NaN", "Infinity", "-Infinity"]],
  ["numeric(10,2)", "c > 0 and c <= 999.99", true, ["0", "0.01", "999.99", "1000", "1e3"]],
  ["numeric", "c < 100", true, ["99.9999999999999999999", "100", "1e2", "NaN"]],
  ["numeric", "c > 0", true, ["0.00", "-0.00", "1e-400", "-1e-400", "1e400", 0, -0, 5e-324, -0.1, 2n, NaN]],
  ["numeric", "c = 0.1", true, ["0.10", "0.1000000000000000055511151231257827", "1e-1", 0.1]],
  ["numeric", "c <> 1e-21", true, ["0.0000000000000000000010", 1e-21, "0.000000000000000000001000000001"]],
  ["float8", "c > 0", true, [0, 5e-324, -1, NaN, Infinity]],
  ["float8", "c < 1.5", true, [1.4, 1.5, NaN]],
  ["float8", "c in (1.5, 2)", true, [1.5, 2, 3]],
  ["text", "c in ('a', 'b''c')", true, ["a", "b'c", "d"]],
  ["text", "c <> ''", true, ["", " "]],
  ["text", "length(c) <= 3", true, ["😀😀😀", "abcd"]],
  ["text", "char_length(c) = 2", true, ["ab", "a"]],
  ["text", "octet_length(c) < 4", true, ["é", "éé"]],
  ["varchar(9)", "c = 'a' ", true, ["a", "b"]],
  ["varchar(9)", "c in ('a', 'b')", true, ["a", "c"]],
  ["varchar(9)", "length(c) > 1", true, ["a", "ab"]],
  ["bytea", "octet_length(c) = 2", true, [new Uint8Array(2), new Uint8Array(3)]],
  ["int4[]", "cardinality(c) <= 2", true, [[], [1, 2], [1, 2, 3], [[1], [2], [3]]]],
  ["mood", "c <> 'sad'", true, ["sad", "ok"]],
  ["mood", "c in ('ok')", true, ["sad", "ok"]],
  ["mood", "c::text in ('ok', 'x')", true, ["sad", "ok"]],
  ["mood", "c = any (array['ok']::text[]::mood[])", true, ["sad", "ok"]],
  ["happy", "value::mood <> 'sad'", true, ["sad", "ok"]],
  ["mood", "c::varchar(1) = 's'", false, ["sad", "ok"]],
  ["mood", "c::int = 3", false, ["sad", "ok"]],
  ["int4", "c = 2.5::int", false, [2, 3]],
  ["int4", "c >= 5::int8", true, [4, 5]],
  ["int4", "c <= all (array[2.5]::int[]::numeric[])", false, [2, 3]],
  ["text", "c = any (array['ab']::varchar(1)[]::text[])", false, ["a", "ab"]],
  ["int4", "c is not null and c > 0", true, [0, 1]],
  ["int4", "c is null or c > 5", false, [1, 6]],
  ["int4", "c <> all (array[1, 2])", true, [1, 2, 3]],
  ["int4", "c <> any (array[1, 2])", true, [1, 2, 3]],
  ["int4", "c > any (array[3, 5])", true, [3, 4, 6]],
  ["int4", "c > all (array[3, 5])", true, [4, 5, 6]],
  ["int4", "c = all (array[3])", true, [3, 4]],
  ["int2", "c::int > 5", true, [5, 6]],
  ["int8", "c > '5'", true, ["5", "6"]],
  ["float8", "c <> 'NaN'", false, [1.5]],
  ["float8", "c >= -1.5", false, [-1.5, -1.6]],
  ["float8", "c = 1", true, [1, 1.5]],
  ["text", "c <> all (array['a', 'b'])", true, ["a", "b", "c"]],
  ["text", "length(c) >= 1 and c <> 'x'", true, ["", "x", "y"]],
  ["text", "length(c) = any (array[1, 3])", true, ["a", "ab", "abc"]],
  ["text", "length(c) > 2.5", false, ["ab", "abc"]],
  ["text", "length(trim(c)) > 1", false, ["a ", "ab"]],
  ["text", "cardinality(string_to_array(c, ',')) > 1", false, ["a", "a,b"]],
  ["bytea", "length(c) > 1", true, [new Uint8Array(1), new Uint8Array(2)]],
  ["bytea", "c <> ''", false, [new Uint8Array(1)]],
  ["text[]", "cardinality(c) > 0", true, [[], ["a"]]],
  ["mood[]", "cardinality(c) > 1", true, [["ok"], ["ok", "sad"]]],
  ["jsonb[]", "cardinality(c) > 1", false, [[1]]],
  ["text[]", "array_length(c, 1) > 1", false, [["a"]]],
  ["text", "c is not null", true, ["", "a"]],
  ["text", "c in ('null', 'c > 1 and x')", true, ["null", "c > 1 and x", "x"]],
  ["varchar(9)", "length(c) between 2 and 3", true, ["a", "ab", "abc", "abcd"]],
  ["numeric(5)", "c in (1, 2.0)", true, ["1", "2", "3"]],
  ["numeric", "c > -1e10", true, ["-1e10", "-1e9", "-1e11", "-0.5", "0"]],
  ["numeric", "c > -2", true, ["-2", "-2.000", "-10", "-1.9999", "2", "-0"]],
  ["numeric", "c < 10.5", true, ["9.6", "10.50", "10.49", "100", "-11", ".5"]],
  ["int4", "c > 0 and c % 2 = 0", false, [1, 2]],
  ["text", "c > 'b'", false, ["a", "c"]],
  ["text", "c like 'a%'", false, ["abc", "b"]],
  ["text", "lower(c) = c", false, ["A", "a"]],
  ["text", "c = lower('A')", false, ["A", "a"]],
  ["int4", "c > length('5')", false, [1, 2, 6]],
  ["int4", "c = any (array[length('5')])", false, [1, 5]],
  ["text", "c = 'a' or c = 'b'", false, ["a", "c"]],
  ["text", "c::varchar(1) = 'a'", false, ["ab", "b"]],
  ["numeric", "c::int = 2", false, ["1.5", "3"]],
  ["text", "constructor(c) > 5", false, ["a"]],
  ["text", '"Length"(c) > 5', false, ["a"]],
  ["char(3)", "length(c) = 1", false, ["a", "ab"]],
  ["float4", "c < 0.1", false, [0.1, 0]],
  ["date", "c >= '2020-01-01'", false, ["2019-01-01", "2020-01-01"]],
  ['text collate "C"', "c in ('a')", false, ["a", "b"]],
  ['text collate "C"', "length(c) = 1", true, ["a", "ab"]],
  // Domains whose collation makes "a" and "A" equal.
  ["any_case", "c in ('a')", false, ["A", "a", "b"]],
  ["vowel", "length(c) = 1", true, ["A", "a", "AB"]],
  ["letter", "c is not null", false, ["A", "a", "b"]],
];

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  const tables = CHECKS.map(([type, check], index) =>
    type === "happy"
      ? `create domain happy as mood check (${check}); create table k${index} (c happy);`
      : `create table k${index} (c ${type} check (${check}));`,
  );
  const template = `create type mood as enum ('sad', 'ok');
    create function number(mood) returns int immutable return 3; create cast (mood as int) with function number(mood);
    create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    create domain any_case as text collate any_case; create domain vowel as any_case check (value in ('a', 'ab'));
    create domain letter as text collate any_case check (value in ('a', 'b') and length(value) = 1);
    create function constructor(text) returns int immutable return 9;
    create function "Length"(text) returns int immutable return 9; ${tables.join("\n")}`;
  database = await testDatabase({ template });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

for (const [index, [type, check, isDecided, values]] of CHECKS.entries()) {
  test(`CHECK (${check}) on ${type}: ${isDecided ? "the rule decides as PostgreSQL does" : "left to PostgreSQL"}`, async () => {
    for (const value of values) {
      const { issues } = validateInsert(schema, `k${index}`, { c: value });
      const given =
        value instanceof Uint8Array
          ? `\\x${Buffer.from(value).toString("hex")}`
          : Array.isArray(value)
            ? JSON.stringify(value).replaceAll("[", "{").replaceAll("]", "}")
            : String(value);
      const stored = await database.sql
        .unsafe(`insert into k${index} values ($1::text::${type.replace(/ collate.*|\(.*/, "")})`, [given])
        .then(
          () => true,
          () => false,
        );
      if (isDecided) expect([value, issues.length === 0]).toEqual([value, stored]);
      else expect([value, issues]).toEqual([value, []]);
    }
  });
}

test("expressions in other forms, malformed or foreign, are ignored", () => {
  for (const text of [
    "",
    "(",
    "c >",
    "c > 5)",
    "c ~ 'x'",
    "E'\\\\' = c",
    "c > now()",
    "a.b > 1",
    "c = ANY ('{a}'::text[])",
    "f(c, 1) > 2",
    "f(f(c)) > 2",
    "f(5) > 2",
    "5 > c",
    "-c > 2",
    "- 'a' = c",
    "c = -'a'",
    "c = c",
    "c = f(c)",
    "c = f(5)",
    "c is not",
    "c is null",
    "c is not distinct",
    "c = any",
    "c = any (",
    "c = any (array[1, 2]",
    "c = any (array[1, 2)",
    "c = any array",
    "c = any (array)",
    "c = any (array[c])",
    "c = any (array[1,])",
    "c = any (array[1]::)",
    "c = any (array[1])::",
    "c::",
    "c:: > 5",
    "c::5 > 5",
    "c::int[ > 5",
    "(c > 5",
    "(c > 5) or (c < 2)",
    "not c > 5",
    "c",
    "5",
  ])
    expect([text, parseCheck(text)]).toEqual([text, undefined]);
});

test.each([
  ["(c > 5)", [["c", ">", "5"]]],
  ["((c)::numeric >= (-5)::numeric)", [["c", ">=", "-5"]]],
  ["(c = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", [["c", "=", "a", "b"]]],
  ["c = ANY (ARRAY['a'])", [["c", "=", "a"]]],
  ["(c)::character varying(5) = 'a'", [["c", "=", "a"]]],
  ["(c)::timestamp with time zone > '2020'", [["c", ">", "2020"]]],
  [
    '("C" > 5) AND ("is" < 3)',
    [
      ["C", ">", "5"],
      ["is", "<", "3"],
    ],
  ],
  ["c IS NOT NULL", []],
])("%s has the comparisons %j", (text, comparisons) => {
  const found = parseCheck(text)?.map(one => [
    one.column,
    one.operator,
    ...one.constants.map(({ text }) => text),
  ]);
  expect(found).toEqual(comparisons);
});

test.each([
  ["(((a + b) * 2) > 5)", "((a + b) * 2) > 5"],
  ["(NOT (a AND b))", "NOT (a AND b)"],
  ["((a > 0) AND (b > 0))", "a > 0 AND b > 0"],
  ["((a > 0) OR ((b > 0) AND (c > 0)))", "a > 0 OR (b > 0 AND c > 0)"],
  ["(((a > 0) OR (b > 0)) AND (c > 0))", "(a > 0 OR b > 0) AND c > 0"],
  ["(length((name)::text) > 3)", "length(name) > 3"],
  [
    "((status)::text = ANY ((ARRAY['a'::character varying, '(b)'::character varying])::text[]))",
    "status IN ('a', '(b)')",
  ],
  ["(amount > '-1.5'::numeric)", "amount > -1.5"],
  ["(amount >= ANY (ARRAY[1, 2]))", "amount >= ANY (ARRAY[1, 2])"],
  ["(2 * (a - (b - c)))", "2 * (a - (b - c))"],
])("%s is printed as %s", (expression, shown) => {
  expect(conditionText(expression)).toBe(shown);
});
