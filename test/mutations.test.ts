// The mutation run of `bun run mutants`: which mistakes it makes, and which tests it runs for a line.
import { expect, test } from "bun:test";
import { mutate, mutationsOf } from "../scripts/mutants/mutations.ts";
import { pick } from "../scripts/mutants/pick.ts";
import { coveredLines } from "../scripts/mutants/test-map.ts";

const mutantsOf = (source: string): string[] => mutationsOf(source).map(one => mutate(source, one));

test("each operand of a logical expression is dropped once", () => {
  expect(mutantsOf("const c = a ?? b;")).toEqual(["const c = (a);", "const c = (b);"]);
});

test("a comparison is flipped at its edge, a condition is always false and always true", () => {
  expect(mutantsOf("if (a < b) f();")).toEqual([
    "if (false) f();",
    "if (true) f();",
    "if ((a <= b)) f();",
    "if (a < b) ;",
  ]);
});

test("text that is joined, types and messages stay", () => {
  expect(mutantsOf('type A = 1 | 2;\nconst b = "x" + c;\nconst d = `$' + "{e ? 1 : 2}`;")).toEqual([]);
});

test("a change names the line of what it replaces", () => {
  expect(mutationsOf("const a = 1;\nconst b = !c;").map(({ line }) => line)).toEqual([1, 2]);
});

test("the same seed picks the same mutants, in the order of the list", () => {
  const list = Array.from({ length: 50 }, (_, index) => index);
  const picked = pick(list, 5, 7);
  expect(pick(list, 5, 7)).toEqual(picked);
  expect([...picked].sort((a, b) => a - b)).toEqual([...picked]);
  expect(pick(list, 5, 8)).not.toEqual(picked);
});

test("a line of an lcov report counts as run if its count is not 0", () => {
  const report = "SF:src/a.ts\nDA:1,4\nDA:2,0\nend_of_record\nSF:src/b.ts\nDA:9,1\nend_of_record\n";
  expect([...coveredLines(report)].map(([file, lines]) => [file, [...lines]])).toEqual([
    ["src/a.ts", [1]],
    ["src/b.ts", [9]],
  ]);
});
