import { describe, expect, test } from "bun:test";
import { hasTopLevelComma, scanSql } from "../../src/statements/scan-sql.ts";

const numbers = (text: string): number[] => scanSql(text).map(({ number }) => number);

describe("placeholders", () => {
  test.each<[string, number[]]>([
    ["a = $1 and b = $12", [1, 12]],
    ["'$1' || $2", [2]],
    [`"$1" = $2`, [2]],
    ["e'\\'$1' || $2", [2]],
    ["E'a''$1\\\\' || $2", [2]],
    ["$$ $1 $$ || $2", [2]],
    ["$tag$ $1 $$ $tag$ || $2", [2]],
    ["/* $1 /* $2 */ $3 */ $4", [4]],
    ["a -- $1\n = $2", [2]],
    ["a$1 = $2", [2]],
    ["'it''s $1' = $2", [2]],
    ["name'$1'", []],
    ["e'a'\n'\\'$1' || $2", [2]],
    ["a -- $1\r = $2", [2]],
    ["e.id = $1", [1]],
    ["E.id = $1 and e = $2", [1, 2]],
    ["e $1 'x'", [1]],
    ["case when E then $1 else e end", [1]],
  ])("%s has %p", (text, expected) => {
    expect(numbers(text)).toEqual(expected);
  });

  test("are found at their position", () => {
    expect(scanSql("a = $10::int")).toEqual([{ start: 4, end: 7, number: 10 }]);
  });
});

describe("is rejected:", () => {
  test.each<[string, string]>([
    ["1=1) or (1=1", "has an unopened )"],
    ["(a = 1", "has an unclosed ("],
    ["a[1 = 2", "has an unclosed ["],
    ["(a[1)]", "has an unopened )"],
    ["true) --", "has an unopened )"],
    ["true --", "ends inside a -- comment"],
    ["true /* ", "ends inside a /* comment"],
    ["true /* /* */", "ends inside a /* comment"],
    ["a = 'x", "ends inside quotes"],
    ["a = 'x''", "ends inside quotes"],
    ["a = e'x\\'", "ends inside quotes"],
    ["a = E'", "ends inside quotes"],
    ["E'open", "ends inside quotes"],
    ["e'open\\'", "ends inside quotes"],
    ["e.id = 'open", "ends inside quotes"],
    [`"a = 1`, "ends inside quotes"],
    ["$$ a", "ends inside a dollar-quoted string"],
    ["$a$ $$ ", "ends inside a dollar-quoted string"],
    ["true; drop table x", "contains a semicolon"],
  ])("%s", (text, message) => {
    expect(() => scanSql(text)).toThrow(message);
  });
});

test.each([
  "a = ';' and b = ')'",
  "f(a, (b)[1])",
  "a = '--' and b",
  "$$;$$ = a",
  "e'\\\\' = a",
  "a <-> b",
  "e.id = 1",
  "E.id = 1",
])("%s has no problems", text => {
  expect(scanSql(text)).toEqual([]);
});

test.each([
  ["a, b", true],
  [",(a)", true],
  ["(a), b", true],
  ["(a, b), c", true],
  ["x[1, 2], c", true],
  ["(a, b)", false],
  ["f(a, g(b, c))", false],
  ["x[1, 2]", false],
  ["'a, b' || \"c, d\"", false],
  ["a /* , */ + b", false],
])("%s is a list: %p", (text, expected) => {
  expect(hasTopLevelComma(text)).toBe(expected);
});

test("a message shows the first 200 characters of long SQL", () => {
  const messageOf = (length: number): string => {
    try {
      return String(scanSql(`(${"a".repeat(length - 1)}`));
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageOf(200)).toBe(`this SQL has an unclosed (: (${"a".repeat(199)}`);
  expect(messageOf(201)).toBe(`this SQL has an unclosed (: (${"a".repeat(199)}...`);
});
