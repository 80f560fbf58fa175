import { expect, test } from "bun:test";
import { checkJson } from "../../src/types/json.ts";

test("only an object's own properties are checked", () => {
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  prototype["everyObjectHasIt"] = (): void => {};
  try {
    expect(checkJson({ a: [{ b: null }] }, false)).toBeUndefined();
    expect(checkJson({ everyObjectHasIt: undefined }, false)?.path).toEqual(["everyObjectHasIt"]);
    expect(checkJson({ a: [{ b: 1n }] }, false)?.path).toEqual(["a", 0, "b"]);
  } finally {
    delete prototype["everyObjectHasIt"];
  }
});

test("arrays and objects can be 1,000 levels deep", () => {
  const nested = (levels: number): unknown =>
    Array.from({ length: levels - 1 }).reduce((inner, _, at) => (at % 2 === 0 ? [inner] : { a: inner }), []);
  expect(checkJson(nested(1000), false)).toBeUndefined();
  expect(checkJson(nested(1001), false)).toBeDefined();
});

test("a value that contains itself, or is nested too deeply, is a problem", () => {
  const cycle: Record<string, unknown> = {};
  cycle["list"] = [{ cycle }];
  expect(checkJson(cycle, false)).toBeDefined();
  const list: unknown[] = [];
  list.push(list);
  expect(checkJson(list, false)).toBeDefined();
});
