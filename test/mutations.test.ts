// The mutation run of `bun run mutants`: the mutants that it creates, and the tests that it runs for a line.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { readCoverage } from "../scripts/coverage/lcov.ts";
import equivalent from "../scripts/mutants/equivalent.json" with { type: "json" };
import { hitsOf } from "../scripts/mutants/hits.ts";
import { mutate, mutationsOf } from "../scripts/mutants/mutations.ts";
import { pick } from "../scripts/mutants/pick.ts";
import { instrument } from "../scripts/mutants/probes.ts";
import { argumentsOf, partsOf, runsOf, type TestFile } from "../scripts/mutants/test-map.ts";

const mutantsOf = (source: string): string[] => mutationsOf(source).map(one => mutate(source, one));

test("each operand of a logical expression is dropped once", () => {
  expect(mutantsOf("const c = a ?? b;")).toEqual(["const c = (a);", "const c = (b);"]);
});

test("a comparison is mutated at its boundary, and a condition to always false and always true", () => {
  expect(mutantsOf("if (a < b) f();")).toEqual([
    "if (false) f();",
    "if (true) f();",
    "if ((a <= b)) f();",
    "if (a < b) ;",
  ]);
});

test("concatenated strings, types and messages are not mutated", () => {
  expect(mutantsOf('type A = 1 | 2;\nconst b = "x" + c;\nconst d = `$' + "{e ? 1 : 2}`;")).toEqual([]);
});

test("a mutation has the line of the replaced code", () => {
  expect(mutationsOf("const a = 1;\nconst b = !c;").map(({ line }) => line)).toEqual([1, 2]);
});

test("the same seed selects the same mutants, and a smaller number the first ones of them", () => {
  const list = Array.from({ length: 50 }, (_, index) => index);
  const picked = pick(list, 5, 7);
  expect(pick(list, 5, 7)).toEqual(picked);
  expect(pick(list, 3, 7)).toEqual(picked.slice(0, 3));
  expect(pick(list, 5, 8)).not.toEqual(picked);
});

/** The mutations that would have mattered when the code runs, found by its probes. */
function changesThatMatter(code: string, values: Readonly<Record<string, unknown>>): string[] {
  const mutations = mutationsOf(code);
  const [, ...probes] = instrument(code, mutations, 0, "hits.ts").split(";");
  const found: number[] = [];
  const run = new Function("__hits", ...Object.keys(values), probes.join(";"));
  run(
    hitsOf(id => found.push(Number(id))),
    ...Object.values(values),
  );
  return found.sort((a, b) => a - b).map(id => mutations[id]!.replacement);
}

test.each([
  ["x = a && b", { a: true, b: true }, []],
  ["x = a && b", { a: true, b: false }, ["(a)"]],
  ["x = a && b", { a: true, b: 5 }, ["(a)"]],
  ["if (a && b) x", { a: true, b: 5 }, ["false"]],
  ["x = a && b", { a: false, b: true }, ["(b)"]],
  ["x = a || b", { a: false, b: false }, []],
  ["x = a || b", { a: false, b: true }, ["(a)"]],
  ["x = a || b", { a: true, b: true }, ["(b)"]],
  ["x = a ?? b", { a: 1, b: 2 }, ["(b)"]],
  ["x = a ?? b", { a: null, b: 2 }, ["(a)"]],
  ["x = a < b", { a: 1, b: 2 }, []],
  ["x = (a) < (b)", { a: 2, b: 2 }, ["(a <= b)"]],
  ["x = a > 1 && b", { a: 1, b: true }, ["(a >= 1)", "(b)", "2"]],
  ["x = a > 1 && b", { a: 2, b: true }, ["2"]],
  ["if (!(a < b)) x", { a: 2, b: 2 }, ["false", "(a < b)", "(a <= b)"]],
  ["x = a + b", { a: 2, b: 0 }, []],
  ["x = a === b", { a: 2, b: 0 }, ["(a !== b)"]],
  ["if (a) x", { a: 1 }, ["false"]],
  ["if (a) x", { a: 0 }, ["true"]],
  ["x = a ? b : b", { a: 1, b: 2 }, ["(b)"]],
  ["x = [...a]", { a: [] }, []],
  ["x = {...a}", { a: { b: 1 } }, ["...[]"]],
  ["x = !a", { a: 1 }, ["(a)"]],
  ["a()", { a: () => 1 }, [";"]],
])("%s with %p: the tests that run it could detect %j", (code, values, changes) => {
  expect(changesThatMatter(code, { x: 0, ...values })).toEqual(changes);
});

test("a call for its side effect counts as run even if it throws", () => {
  const fail = (): never => {
    throw new Error("rejected");
  };
  const mutations = mutationsOf("a();");
  const found: number[] = [];
  const [, probes] = instrument("a();", mutations, 0, "hits.ts").split(";");
  expect(() =>
    new Function("__hits", "a", probes!)(
      hitsOf(id => found.push(Number(id))),
      fail,
    ),
  ).toThrow("rejected");
  expect(found).toEqual([0]);
});

test("the test file with the same name is first, then the fastest one in the folder", () => {
  const file = (name: string, milliseconds: number, id = 7): TestFile => ({
    file: `test/${name}.test.ts`,
    parts: [{ name: undefined, milliseconds, hits: new Set([id]) }],
  });
  const files = [file("ddl/a", 400), file("rows/slow", 900), file("rows/get", 5000), file("rows/b", 500)];
  const found = runsOf([...files, file("rows/c", 1, 8)], "src/rows/get.ts", 7);
  expect(found.map(one => one.file)).toEqual([
    "test/rows/get.test.ts",
    "test/rows/b.test.ts",
    "test/rows/slow.test.ts",
    "test/ddl/a.test.ts",
  ]);
});

const TWO_TESTS = "\n(pass) set > a row (1) [2.00ms]\n(skip) set > no row\n(pass) last\n\n 2 pass\n";

const THREE_TESTS = `${TWO_TESTS}(pass) long [600.00ms]\n`;

test("a mutation that matters only to a few tests runs these tests, and one outside the tests runs the file", () => {
  const parts = partsOf("5\nstart\n6\n7\nend\n8\nstart\n7\nend\nstart\n9\nend\n", THREE_TESTS, 900);
  const namesFor = (id: number): unknown =>
    runsOf([{ file: "test/a.test.ts", parts }], "src/a.ts", id).map(run => run.names ?? "all");
  expect(namesFor(5)).toEqual(["all"]);
  expect(namesFor(6)).toEqual([["set > a row (1)"]]);
  expect(namesFor(7)).toEqual([["set > a row (1)", "last"]]);
  // Longer than half of the file.
  expect(namesFor(9)).toEqual(["all"]);
  expect(namesFor(8)).toEqual(["all"]);
  expect(namesFor(10)).toEqual([]);
});

test("a file whose tests cannot be distinguished is run completely", () => {
  const hits = "5\nstart\n6\nstart\n7\nend\nend\nstart\n";
  expect(partsOf(hits, TWO_TESTS, 50)).toEqual([
    { name: undefined, milliseconds: 50, hits: new Set([5, 6, 7]) },
  ]);
});

test("names of tests become a pattern that matches only these tests", () => {
  const names = ["set > a row (1)", "a.b"];
  const pattern = new RegExp(argumentsOf({ file: "a.test.ts", names, milliseconds: 1 }).at(-2)!);
  const texts = ["set a row (1)", "set > a row (1)", "a.b", "aab", "a.bc", "set a row 1"];
  expect(texts.filter(text => pattern.test(text))).toEqual(["set a row (1)", "set > a row (1)", "a.b"]);
});

test("every equivalent mutation is still in the source and has a reason", async () => {
  const known: readonly (typeof equivalent)[number][] = equivalent;
  for (const { file, before, after, reason, place = "" } of known) {
    const source = await Bun.file(join(import.meta.dir, "..", file)).text();
    const found = mutationsOf(source).filter(
      one => source.slice(one.start, one.end) === before && source.slice(0, one.end).endsWith(place),
    );
    expect([file, found.map(({ replacement }) => replacement)]).toEqual([
      file,
      expect.arrayContaining([after]),
    ]);
    expect(reason).not.toBe("");
  }
});

test("a line with count 0 in a coverage report has not been run", () => {
  const report = "SF:src/a.ts\nDA:1,4\nDA:2,0\nend_of_record\nSF:src/cli/b.ts\nDA:9,0\nend_of_record\n";
  expect(readCoverage(report, file => !file.includes("cli"))).toEqual({
    lines: 2,
    uncovered: [{ file: "src/a.ts", number: 2 }],
  });
});
