// What is computed from a snapshot is computed once.
import { expect, test } from "bun:test";
import { derive, deriveByKey } from "../../src/schema/derived.ts";

test("a value is computed once per object, with the context of the first call", () => {
  const contexts: string[] = [];
  const value = derive(({ name }: { name: string }, context: string) => {
    contexts.push(context);
    return { name };
  });
  const [a, b] = [{ name: "a" }, { name: "a" }];
  expect(value(a, "first")).toEqual({ name: "a" });
  expect(value(a, "second")).toBe(value(a, "third"));
  expect(value(b, "other")).not.toBe(value(a, "fourth"));
  expect(contexts).toEqual(["first", "other"]);
});

test("a value is computed once per object and key", () => {
  const computed: string[] = [];
  const value = deriveByKey(({ name }: { name: string }, key: string) => {
    computed.push(name + key);
    return { key };
  });
  const [a, b] = [{ name: "a" }, { name: "b" }];
  for (const one of [a, b, a])
    for (const key of ["1", "2", "3"]) expect(value(one, key)).toBe(value(one, key));
  expect(value(a, "2")).toEqual({ key: "2" });
  expect(computed).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
});
