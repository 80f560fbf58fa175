import { describe, expect, test } from "bun:test";
import { expr } from "../../src/index.ts";
import { isFragment } from "../../src/statements/fragment.ts";

describe("expr as a template", () => {
  test("keeps SQL and values apart", () => {
    const fragment = expr`a = ${1} and b = ${"x"}`;
    expect(isFragment(fragment)).toBe(true);
    expect(fragment.parts).toEqual(["a = ", " and b = ", ""]);
    expect(fragment.values).toEqual([1, "x"]);
  });

  test("refuses a value inside quotes", () => {
    expect(() => expr`a = '${1}'`).toThrow("a value is inside quotes or a comment");
  });

  test("refuses its own $1 beside values", () => {
    expect(() => expr`a = $1 and b = ${2}`).toThrow("the template contains its own $1");
  });

  test("refuses unbalanced parentheses every time, although a template is scanned once", () => {
    const twice = (): unknown => expr`true) or (${true}`;
    expect(twice).toThrow("has an unopened )");
    expect(twice).toThrow("has an unopened )");
  });
});

describe("expr with $1", () => {
  test("keeps SQL and values apart", () => {
    const fragment = expr("a = $2 and b = $1 and c = $2", [1, 2]);
    expect(fragment.parts).toEqual(["a = ", " and b = ", " and c = ", ""]);
    expect(fragment.values).toEqual([2, 1, 2]);
  });

  test("refuses a placeholder without a value", () => {
    expect(() => expr("a = $2", [1])).toThrow("parameter 1 has no $1 in the SQL");
    expect(() => expr("a = $1 and b = $2", [1])).toThrow("$2 has no parameter");
    expect(() => expr("a = $0", [])).toThrow("$0 has no parameter");
  });

  test("refuses a value without a placeholder", () => {
    expect(() => expr("a = '$1'", [1])).toThrow("parameter 1 has no $1 in the SQL");
  });

  test("refuses parameters that are not an array", () => {
    expect(() => expr("a = $1", { a: 1 } as never)).toThrow(
      "the parameters of expr(text, params) must be an array",
    );
  });
});

test("data from the network is never a fragment", () => {
  expect(isFragment(JSON.parse(JSON.stringify(expr`a = ${1}`)))).toBe(false);
});
