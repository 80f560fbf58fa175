// A filter that filterSchema accepts can be sent, and costs no more than the limits allow.
import { expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import { count, filterSchema } from "../../src/index.ts";
import { patternProblem } from "../../src/validate/filter-pattern.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(
  `create table t (id int primary key, j json, jb jsonb, s text, a int[], p point, b box, l line, x xml, xi xid, ac aclitem, ja json[]);
   insert into t (id) values (1)`,
);
const { sql } = database;

function messageOf(input: unknown, options = {}): string | undefined {
  const { issues } = v.safeParse(filterSchema(schema, "t", options), input);
  return issues && `${v.getDotPath(issues[0]) ?? ""}: ${issues[0].message}`;
}

const REJECTED: readonly [input: unknown, message: string][] = [
  ...["j", "p", "x", "l", "xi", "ac", "ja"].flatMap(column =>
    ["gt", "lte"].map(
      name => [{ [column]: { [name]: "1" } }, `${name} requires a type with an order`] as [unknown, string],
    ),
  ),
  [
    { j: { between: ["1", "2"] } },
    "j: t.j: between requires a type with an order; this column has type json",
  ],
  ...["(", ")", "(a)(", ")(", "(a))(b"].map(
    pattern =>
      [{ s: { matches: pattern } }, "s.matches: Expected a regular expression with balanced parentheses"] as [
        unknown,
        string,
      ],
  ),
  [{ s: { like: "a\\" } }, "s.like: Expected a pattern that does not end with its escape character"],
  ...["false", "true", 0, 1, null, [], {}].map(
    value => [{ s: { isNull: value } }, "isNull requires true or false"] as [unknown, string],
  ),
  [{ a: Array.from({ length: 100_000 }, (_, at) => at) }, "a: Expected a list of at most 100"],
  [{ id: { oneOf: Array.from({ length: 101 }, (_, at) => at) } }, "id.oneOf: Expected a list of at most 100"],
  ...[{ oneOf: [Array(60).fill(1), Array(60).fill(2)] }, { eq: [Array(101).fill(1)] }].map(
    value =>
      [{ a: value }, "Expected a list of at most 100 with the members of its lists"] as [unknown, string],
  ),
  [{ a: [Array(60).fill(1), Array(60).fill(2)] }, "a: Expected a list of at most 100 with the members"],
  [{ a: { overlaps: Array(101).fill(1) } }, "a.overlaps: Expected a list of at most 100"],
  [{ a: { gt: [1, "x"] } }, "a: Expected an integer"],
  [{ s: { matches: "a{1,300}" } }, "s.matches: Expected a regular expression whose bounds are in order"],
  [{ s: { ilike: "\\" } }, "s.ilike: Expected a pattern that does not end with its escape character"],
  [{ s: "\u0000" }, "s: Expected a string without NUL characters"],
  [{ j: { eq: {} } }, "j: t.j: type json has no equality operator"],
  [{ b: { like: "a" } }, "like requires a column of type text"],
  [JSON.parse('{"__proto__": {"id": 1}}'), "Expected one of the columns"],
  [{ or: [{ id: 1 }, { and: [{ id: "x" }] }] }, "or.1.and.0.id: Expected an integer"],
  [{ not: { s: { lik: "a" } } }, "not.s: Expected operators"],
  [{ or: [{ id: 1 }, []] }, "or.1: Expected a filter as an object"],
];

for (const [input, message] of REJECTED)
  test(`${JSON.stringify(input).slice(0, 60)} is rejected with its path`, () => {
    expect(messageOf(input)).toContain(message);
  });

test("the number of conditions in the entire filter is limited", () => {
  const many = (length: number, one: unknown) => Array.from({ length }, () => one);
  let read = 0;
  const condition = {
    get id() {
      read++;
      return 1;
    },
  };
  const nested = { or: many(100, { or: many(100, { or: many(100, condition) }) }) };
  expect(messageOf(nested)).toContain("Expected a filter with fewer conditions");
  expect(read).toBeLessThan(2_000);
  expect(messageOf({ or: many(99, { id: 1 }) })).toBeUndefined();
  expect(messageOf({ or: many(5, { id: 1 }) }, { maxConditions: 5 })).toContain("fewer conditions");
  expect(messageOf({ or: many(5, { id: 1 }) }, { maxConditions: 6 })).toBeUndefined();
});

const PATTERNS = [
  ...["", "a", "a(b)c", "(", ")", "a)", "(a", "((a)", "[", "[a", "[]", "[]a]", "[^]a]", "[a]]", "]"],
  ...[
    "\\(",
    "\\)",
    "[(]",
    "[)]",
    "[\\]]",
    "[[:alpha:]]",
    "[[:alpha:]",
    "[\\.-z]",
    "a\\",
    "\\\\",
    "\\\\\\",
    "[[.a.]]",
  ],
  ...[
    "*a",
    "+",
    "?",
    "a*",
    "a+?",
    "a**",
    "(*a)",
    "a|*",
    "(?:a)",
    "(?=a)",
    "(?!a)",
    "(?i)a",
    "***=(",
    "***:a(",
  ],
  ...["a|b", "|", "()", "(a)(b)", "^*", "a{2}", "x(?:a|b)*", "x(?=a)", "\\d+", "\\m\\M", "[a-z](", "$"],
];

test("a regular expression that PostgreSQL accepts is never rejected; brackets, parentheses and escapes are checked", async () => {
  const missed: string[] = [];
  for (const pattern of PATTERNS) {
    const issue = messageOf({ s: { matches: pattern } });
    const isValid = await count(sql, schema, "t", { where: v.parse(v.any(), { s: "a" }) }).then(() =>
      sql`select 'a' ~ ${pattern}`.then(
        () => true,
        () => false,
      ),
    );
    if (isValid) expect([pattern, issue]).toEqual([pattern, undefined]);
    else if (issue === undefined) missed.push(pattern);
  }
  expect(missed).toEqual([]);
});

test("of 20,000 random regular expressions none that PostgreSQL accepts is rejected, and few invalid ones are accepted", async () => {
  await sql.unsafe(`create or replace function is_regex(pattern text) returns bool language plpgsql as
    $$ begin perform 'a' ~ pattern; return true; exception when invalid_regular_expression then return false; end $$`);
  const parts = [
    "a",
    "b",
    "z",
    "(",
    ")",
    "(?:",
    "(?=",
    "|",
    "[",
    "]",
    "[^",
    "-",
    "{",
    "}",
    "1",
    "2",
    ",",
    "300",
  ];
  parts.push(
    "*",
    "+",
    "?",
    "^",
    "$",
    ".",
    "\\d",
    "\\(",
    "\\\\",
    "[a-z]",
    "[z-a]",
    "{2}",
    "{2,1}",
    "{1,256}",
    "(a)",
  );
  const random = fc.sample(fc.array(fc.constantFrom(...parts), { maxLength: 7 }), 20_000);
  // `(?b)` selects a syntax that rowfn cannot check: it is rejected, although PostgreSQL accepts it.
  const patterns = [...new Set(random.map(list => list.join("")))].filter(
    pattern => !/^\(\?[a-z]+\)/.test(pattern),
  );
  const found =
    await sql`select p, is_regex(p) from json_array_elements_text(${JSON.stringify(patterns)}::text::json) p`.values();
  const wrong = [...found].filter(
    ([pattern, isValid]) => isValid && patternProblem("matches", pattern) !== undefined,
  );
  expect(wrong).toEqual([]);
  const invalid = [...found].filter(([, isValid]) => !isValid);
  const missed = invalid.filter(([pattern]) => patternProblem("matches", pattern) === undefined);
  expect(missed.length / invalid.length).toBeLessThan(0.02);
});

const times = (text: string, count: number): string => text.repeat(count);

/** Regular expressions that PostgreSQL rejects, or compiles for many seconds, only because of their size. */
const TOO_LARGE = [
  times("(a", 25) + times(")+", 25),
  times("(a", 25) + times("){1,2}", 25),
  times("(", 12_000) + times(")", 12_000),
  "((a{1,200}){1,200}){1,200}",
  String.raw`[^x]{3}\y((?:){0,200}){0,200}`,
  times(String.raw`\y\w*`, 50),
  times("(^|a|$)", 40),
  times("(a|b|)", 2_000),
  times("x?", 2_000),
  times(times("a", 1_000), 25),
  `***:${times("(a", 25)}${times(")+", 25)}`,
  `(?i)${times("(a", 25)}${times(")+", 25)}`,
  String.raw`(|(?:|\y){0,4}(?=|)(?:\M|^))*?`,
];

test("a regular expression that is too large for PostgreSQL is rejected", () => {
  for (const pattern of TOO_LARGE)
    expect(messageOf({ s: { matches: pattern } })).toContain(
      "s.matches: Expected a regular expression that is less complex",
    );
});

/** A regular expression in which many letters can be followed by many others. */
const pairs = (count: number, letter: string): string => `(${Array(count).fill(letter).join("|")})`.repeat(2);

test("the alternatives of a regular expression are counted together", () => {
  expect(messageOf({ s: { matches: pairs(180, "a") } })).toBeUndefined();
  for (const pattern of [`${pairs(180, "a")}|${pairs(180, "b")}`, pairs(230, "a")])
    expect(messageOf({ s: { matches: pattern } })).toContain("less complex");
});

/** Large regular expressions of the kind that people write. */
const LARGE = [
  "a{0,255}",
  String.raw`^[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,63}$`,
  Array.from({ length: 250 }, (_, at) => String.raw`\mword${at}\M`).join("|"),
  `^(?:${Array.from({ length: 300 }, (_, at) => `SKU-${at}`).join("|")})$`,
  times("a", 4_900),
  times("(", 1_000) + times(")", 1_000),
  "(?i)^(?:[a-z]+ ?){1,40}$",
  `***:${times("[^,]*,", 30)}`,
  "***=" + times("((", 5_000),
];

test("a large regular expression that PostgreSQL compiles is accepted", async () => {
  for (const pattern of LARGE) {
    expect([pattern, messageOf({ s: { matches: pattern } })]).toEqual([pattern, undefined]);
    expect(
      await count(sql, schema, "t", {
        where: v.parse(filterSchema(schema, "t"), { s: { matches: pattern } }),
      }),
    ).toBe(0);
  }
});

test("options that select a different syntax are rejected, and with other options the expression is checked as usual", () => {
  for (const pattern of ["(?b)a", "(?e)a", "(?q)(", "(?x) a", "***:(?ix)a"])
    expect(messageOf({ s: { matches: pattern } })).toContain(
      "a regular expression with no embedded options but c, i, m, n, p, s, t and w",
    );
  expect(messageOf({ s: { matches: "(?i)(" } })).toContain("balanced parentheses");
  expect(messageOf({ s: { matches: "***:[" } })).toContain("balanced brackets");
  expect(messageOf({ s: { matches: "(?inc)a" } })).toBeUndefined();
});

test("a LIKE pattern is rejected if and only if PostgreSQL rejects it", async () => {
  for (const pattern of ["", "a", "\\", "\\\\", "\\\\\\", "a\\", "a\\%", "a\\\\", "%_"]) {
    const isValid = await sql`select 'x' || ${"\\"} || 'aaaaa' like ${`%x${pattern}`}`.then(
      () => true,
      () => false,
    );
    if (isValid && /(^|[^\\])(\\\\)*\\$/.test(pattern)) continue;
    expect([pattern, messageOf({ s: { like: pattern } }) === undefined]).toEqual([pattern, isValid]);
  }
});

test("every accepted filter can be sent", async () => {
  for (const input of [
    { jb: { gt: 1 } },
    { b: { isNull: true } },
    { a: { gt: [1] } },
    { a: [1, 2] },
    { a: [Array(50).fill(1), Array(50).fill(2)] },
    { a: { oneOf: [[1, 2], [3]] } },
    { a: { oneOf: [] } },
    { s: { between: ["b", "a"] } },
    { or: [] },
    { not: {} },
    { s: { matches: "^a(b|c)$", like: "a%", isNull: false } },
    { p: { eq: { x: 1, y: 2 } } },
    {},
  ]) {
    const where = v.parse(filterSchema(schema, "t"), input);
    expect(await count(sql, schema, "t", { where })).toBeNumber();
  }
});
