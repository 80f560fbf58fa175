// Checks the layout of src/ and test/: the direction of imports, the size of files and functions, and that everything
// public is documented and tested. Lists of exceptions may only become shorter.
import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import * as ddl from "../src/ddl/index.ts";
import * as files from "../src/files/index.ts";
import * as http from "../src/http/index.ts";
import * as core from "../src/index.ts";
import * as queues from "../src/queues/index.ts";
import * as statements from "../src/statements/index.ts";
import * as testing from "../src/testing/index.ts";
import {
  declaringFile,
  docComment,
  functionSizes,
  interfacesOf,
  sourceFiles,
  testText,
} from "./support/source-files.ts";

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 50;

const ENTRIES: Readonly<Record<string, object>> = {
  "index.ts": core,
  "ddl/index.ts": ddl,
  "files/index.ts": files,
  "http/index.ts": http,
  "queues/index.ts": queues,
  "statements/index.ts": statements,
  "testing/index.ts": testing,
};

// From bottom to top. Folders on the same line do not import each other.
const LAYERS: readonly (readonly string[])[] = [
  ["errors.ts"],
  ["driver"],
  ["schema"],
  ["types"],
  ["statements"],
  ["validate"],
  ["rows"],
  ["replicas", "tracing", "transactions"],
  ["ddl", "queues", "index.ts"],
  ["files"],
  ["http"],
  ["testing"],
  ["cli"],
];

const sources = sourceFiles();
const byPath = new Map(sources.map(file => [file.path, file]));
const tests = testText();

const folder = (path: string): string => path.split("/")[0]!;
const layer = (path: string): number => LAYERS.findIndex(names => names.includes(folder(path)));

test("every folder of src has a layer", () => {
  expect(sources.filter(({ path }) => layer(path) < 0).map(({ path }) => path)).toEqual([]);
});

test("imports point down", () => {
  const upwards = sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ path: target }) => folder(target) !== folder(path) && layer(target) >= layer(path))
      .map(({ path: target }) => `${path} → ${target}`),
  );
  expect(upwards.sort()).toEqual([]);
});

test("no import cycle exists between files", () => {
  expect(cycles()).toEqual([]);
});

/** The files of each cycle, found by a depth-first search. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (done.has(path)) return;
    done.add(path);
    for (const { path: target } of byPath.get(path)?.imports ?? []) visit(target, [...way, path]);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

test(`a file has at most ${MAX_FILE_LINES} lines`, () => {
  const long = sources.filter(({ text }) => text.split("\n").length - 1 > MAX_FILE_LINES);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test(`a function has at most ${MAX_FUNCTION_LINES} lines`, () => {
  const long = sources.flatMap(({ path, text }) =>
    functionSizes(text)
      .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
      .map(({ name, lines }) => `${path} ${name} ${lines}`),
  );
  expect(long).toEqual([]);
});

test("a mark is a registered symbol, which is the same in all copies of rowfn in a process", () => {
  const marked = sources.filter(({ text }) => /\bSymbol\(/.test(text));
  expect(marked.map(({ path }) => path)).toEqual([]);
});

test("every exported value is used by another file of src or is public", () => {
  const used = new Set(
    sources.flatMap(({ imports }) =>
      imports.flatMap(({ path, names }) => names.map(name => `${path} ${name}`)),
    ),
  );
  const unused = sources
    .filter(({ path }) => !(path in ENTRIES) && !used.has(`${path} *`))
    .flatMap(({ path, values }) => values.map(name => `${path} ${name}`))
    .filter(name => !used.has(name));
  expect(unused).toEqual([]);
});

interface PublicFunction {
  readonly name: string;
  readonly comment: string | undefined;
}

function publicFunctions(): PublicFunction[] {
  return Object.entries(ENTRIES).flatMap(([entry, exports]) =>
    Object.entries(exports)
      .filter(([, value]) => typeof value === "function" && !(value.prototype instanceof Error))
      .map(([name]) => ({ name, comment: docComment(declaringFile(byPath, entry, name)?.text ?? "", name) })),
  );
}

test("every public function has a doc comment with an example", () => {
  const without = publicFunctions().filter(({ comment }) => !comment?.includes("@example"));
  expect(without.map(({ name }) => name)).toEqual([]);
});

// test/docs/doc-comments.test.ts runs each example that states a result.
test("every public function is called in a test or in an example with a result", () => {
  const without = publicFunctions().filter(({ name, comment = "" }) => {
    const example = /→|sends/.test(comment) ? comment.slice(comment.indexOf("@example")) : "";
    return !new RegExp(`\\b${name}[(\`<]`).test(tests + example);
  });
  expect(without.map(({ name }) => name)).toEqual([]);
});

/** The options of public functions as `XOptions.member`. */
function publicOptions(): string[] {
  const known = new Map(sources.flatMap(({ text }) => interfacesOf(text)).map(one => [one.name, one]));
  const names = new Set(
    Object.keys(ENTRIES)
      .flatMap(entry => byPath.get(entry)?.imports ?? [])
      .flatMap(one => one.names)
      .filter(name => name.endsWith("Options")),
  );
  for (const name of names) for (const parent of known.get(name)?.parents ?? []) names.add(parent);
  return [...names].flatMap(name => (known.get(name)?.members ?? []).map(member => `${name}.${member}`));
}

test("every option is named in a test", () => {
  const options = publicOptions();
  expect(options.length).toBeGreaterThan(100);
  const isNamed = (name: string): boolean => new RegExp(`\\b${name}(?::|,| \\}|\\()`).test(tests);
  expect(options.filter(name => !isNamed(name.split(".")[1]!))).toEqual([]);
});

// Folders of test/ without a counterpart in src/.
const TEST_FOLDERS = [
  "bench",
  "docs",
  "examples",
  "messages",
  "packaging",
  "static-types",
  "support",
  "topologies",
];
const MAX_TEST_LINES = 300;

const LONG_TESTS: readonly string[] = ["files/generate-module.test.ts", "support/random-schema.ts"];

const testFiles = [...new Bun.Glob("**/*.ts").scanSync(import.meta.dir)].sort();

test("the folders of test mirror those of src", () => {
  const expected = new Set([...sources.map(({ path }) => folder(path)), ...TEST_FOLDERS]);
  const folders = testFiles.filter(path => path.includes("/")).map(folder);
  expect([...new Set(folders)].filter(name => !expected.has(name))).toEqual([]);
});

// A separate command runs the checks of the topologies.
const TOPOLOGIES = "topologies";

test("a folder of test contains only tests, and shared code is in support", () => {
  const isTest = (path: string): boolean => path.endsWith(".test.ts") || folder(path) === TOPOLOGIES;
  const others = testFiles.filter(path => !isTest(path) && folder(path) !== "support");
  expect(others).toEqual(["run.ts"]);
});

test("a test imports no folder of test other than support", async () => {
  const wrong: string[] = [];
  for (const path of testFiles) {
    const text = await Bun.file(join(import.meta.dir, path)).text();
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;"]* from "(\.[^"]+)"/gm)) {
      const target = join(dirname(path), specifier!);
      const isOwn = folder(target) === TOPOLOGIES && folder(path) === TOPOLOGIES;
      if (testFiles.includes(target) && folder(target) !== "support" && !isOwn)
        wrong.push(`${path} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test(`a test file has at most ${MAX_TEST_LINES} lines`, async () => {
  const long: string[] = [];
  for (const path of testFiles)
    if ((await Bun.file(join(import.meta.dir, path)).text()).split("\n").length - 1 > MAX_TEST_LINES)
      long.push(path);
  expect(long).toEqual([...LONG_TESTS]);
});
