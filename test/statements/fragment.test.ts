import { describe, expect, test } from "bun:test";
import { expr } from "../../src/index.ts";
import { isFragment } from "../../src/statements/fragment.ts";

describe("expr as a template", () => {
  test("keeps SQL and values separate", () => {
    const fragment = expr`a = ${1} and b = ${"x"}`;
    expect(isFragment(fragment)).toBe(true);
    expect(fragment.parts).toEqual(["a = ", " and b = ", ""]);
    expect(fragment.values).toEqual([1, "x"]);
  });

  test("rejects a value inside quotes", () => {
    expect(() => expr`a = '${1}'`).toThrow("a value is inside quotes or a comment");
  });

  test("rejects its own $1 next to values", () => {
    expect(() => expr`a = $1 and b = ${2}`).toThrow("the template contains its own $1");
  });

  test("rejects unbalanced parentheses each time, although a template is scanned only once", () => {
    const twice = (): unknown => expr`true) or (${true}`;
    expect(twice).toThrow("has an unopened )");
    expect(twice).toThrow("has an unopened )");
  });
});

describe("expr with $1", () => {
  test("keeps SQL and values separate", () => {
    const fragment = expr("a = $2 and b = $1 and c = $2", [1, 2]);
    expect(fragment.parts).toEqual(["a = ", " and b = ", " and c = ", ""]);
    expect(fragment.values).toEqual([2, 1, 2]);
  });

  test("rejects a placeholder without a value", () => {
    expect(() => expr("a = $2", [1])).toThrow("the SQL does not contain $1 for parameter 1");
    expect(() => expr("a = $1 and b = $2", [1])).toThrow("$2 has no parameter");
    expect(() => expr("a = $0", [])).toThrow("$0 has no parameter");
  });

  test("rejects a value without a placeholder", () => {
    expect(() => expr("a = '$1'", [1])).toThrow("the SQL does not contain $1 for parameter 1");
  });

  test("rejects parameters that are neither an array nor an object", () => {
    expect(() => expr("a = $1", "x" as never)).toThrow(
      'the parameters of expr(text, params) must be an array or an object, received "x"',
    );
  });
});

describe("expr with :name", () => {
  test("keeps SQL and values separate, also for a name that occurs twice", () => {
    const fragment = expr("a = :a and b::text = :b_1 and c = :a", { a: 1, b_1: "x" });
    expect(fragment.parts).toEqual(["a = ", " and b::text = ", " and c = ", ""]);
    expect(fragment.values).toEqual([1, "x", 1]);
  });

  test("finds no names in strings, quoted names, comments, casts, slices and times", () => {
    const text = `':a' || ":b" || $$:c$$ /* :d */ || e::text || f[1:2] || '12:30' || :g`;
    expect(expr(text, { g: 1 }).values).toEqual([1]);
  });

  test("accepts names with any letters, as PostgreSQL does", () => {
    const fragment = expr("a = :größe and b = :名前", { größe: 1, 名前: 2 });
    expect([fragment.parts, fragment.values]).toEqual([
      ["a = ", " and b = ", ""],
      [1, 2],
    ]);
  });

  test("rejects a name without a value, a value without a name, and $1 next to names", () => {
    expect(() => expr("a = :a", {})).toThrow(":a has no parameter: a = :a");
    expect(() => expr("a = :toString", {})).toThrow(":toString has no parameter");
    expect(() => expr("a = :a", { a: 1, b: 2 })).toThrow(
      "the SQL does not contain :b for parameter b: a = :a",
    );
    expect(() => expr("a = :a and b = $1", { a: 1 })).toThrow(
      "this SQL contains $1 besides named parameters",
    );
  });
});

test("data from the network is never treated as a fragment", () => {
  expect(isFragment(JSON.parse(JSON.stringify(expr`a = ${1}`)))).toBe(false);
});
