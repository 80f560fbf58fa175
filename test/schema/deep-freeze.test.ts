import { expect, test } from "bun:test";
import { deepFreeze } from "../../src/schema/deep-freeze.ts";

const inside = (): object => ({ list: [{ name: "a" }, [{ name: "b" }]], one: { name: "c" } });

test.each([
  ["an object in an array", ({ list }) => list[0]],
  ["an object in an array in an array", ({ list }) => list[1][0]],
  ["an array in an array", ({ list }) => list[1]],
  ["an object in an object", ({ one }) => one],
  ["the whole", whole => whole],
] as [string, (whole: never) => object][])("deepFreeze freezes %s", (_, part) => {
  expect(Object.isFrozen(part(deepFreeze(inside()) as never))).toBe(true);
});

test("deepFreeze returns the same data", () => {
  const data = inside();
  expect(deepFreeze(data)).toBe(data);
  expect(data).toEqual(inside());
});

test("all empty arrays become one array", () => {
  const { a, b } = deepFreeze({ a: [], b: [] });
  expect(a).toBe(b);
  expect(a).toEqual([]);
});
