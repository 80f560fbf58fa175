import { expect, test } from "bun:test";
import { jsonCodec } from "../../src/types/json.ts";

const { check } = jsonCodec("json", "parse");

test("only an object's own properties are checked", () => {
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  prototype["everyObjectHasIt"] = (): void => {};
  try {
    expect(check({ a: [{ b: null }] })).toBeUndefined();
    expect(check({ everyObjectHasIt: undefined })?.path).toEqual(["everyObjectHasIt"]);
    expect(check({ a: [{ b: 1n }] })?.path).toEqual(["a", 0, "b"]);
  } finally {
    delete prototype["everyObjectHasIt"];
  }
});

test("arrays and objects can be 1,000 levels deep", () => {
  const nested = (levels: number): unknown =>
    Array.from({ length: levels - 1 }).reduce((inner, _, at) => (at % 2 === 0 ? [inner] : { a: inner }), []);
  expect(check(nested(1000))).toBeUndefined();
  expect(check(nested(1001))).toBeDefined();
});

test("a value that contains itself, or is nested too deeply, is a problem", () => {
  const cycle: Record<string, unknown> = {};
  cycle["list"] = [{ cycle }];
  expect(check(cycle)).toBeDefined();
  const list: unknown[] = [];
  list.push(list);
  expect(check(list)).toBeDefined();
});

test.each([
  ["1e400", true, true],
  ["-1.5E+400", true, true],
  ["1e131071", true, true],
  ["1e131072", true, false],
  ["1e-400", true, true],
  ["1e-16384", true, false],
  ["1e", false, false],
])("%s is a json text: %p, and a jsonb text: %p", (number, isJson, isJsonb) => {
  const text = `{"a": [${number}, 12345678901234567890]}`;
  expect(jsonCodec("json", "string").check(text) === undefined).toBe(isJson);
  expect(jsonCodec("jsonb", "string").check(text) === undefined).toBe(isJsonb);
});

test("a text of JSON can be 5,000 levels deep", () => {
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  for (const type of ["json", "jsonb"] as const) {
    const codec = jsonCodec(type, "string");
    expect(codec.check(nested(5000))).toBeUndefined();
    expect(codec.check(nested(5001))?.expected).toBe("a JSON value of at most 5000 levels");
  }
});
