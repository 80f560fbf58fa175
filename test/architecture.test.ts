// Keeps the layout of src/: the direction of imports, the size of files and functions, and that all that is public is
// documented and tested. Each list of exceptions may only become shorter.
import { expect, test } from "bun:test";
import * as ddl from "../src/ddl/index.ts";
import * as files from "../src/files/index.ts";
import * as core from "../src/index.ts";
import * as queues from "../src/queues/index.ts";
import * as statements from "../src/statements/index.ts";
import * as testing from "../src/testing/index.ts";
import {
  declaringFile,
  docComment,
  functionSizes,
  optionNames,
  sourceFiles,
  testText,
} from "./support/source-files.ts";

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 50;

const ENTRIES: Readonly<Record<string, object>> = {
  "index.ts": core,
  "ddl/index.ts": ddl,
  "files/index.ts": files,
  "queues/index.ts": queues,
  "statements/index.ts": statements,
  "testing/index.ts": testing,
};

// From the bottom to the top. Folders of one line do not import each other.
const LAYERS: readonly (readonly string[])[] = [
  ["errors.ts"],
  ["driver"],
  ["schema"],
  ["types"],
  ["statements"],
  ["validate"],
  ["rows"],
  ["tracing", "transactions"],
  ["ddl", "queues", "files", "index.ts"],
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

test("no file imports itself by way of others", () => {
  expect(cycles()).toEqual([]);
});

/** The files of each cycle, from a depth-first search. */
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

test("every export is used by another file of src or is public", () => {
  const used = new Set(
    sources.flatMap(({ imports }) =>
      imports.flatMap(({ path, names }) => names.map(name => `${path} ${name}`)),
    ),
  );
  const unused = sources
    .filter(({ path }) => !(path in ENTRIES) && !used.has(`${path} *`))
    .flatMap(({ path, declares }) => declares.map(name => `${path} ${name}`))
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

test("every public function is called in a test", () => {
  const without = publicFunctions().filter(({ name }) => !new RegExp(`\\b${name}[(\`<]`).test(tests));
  expect(without.map(({ name }) => name)).toEqual([]);
});

test("every option is named in a test", () => {
  const options = sources
    .filter(({ path }) => folder(path) !== "cli")
    .flatMap(({ text }) => optionNames(text));
  const without = options.filter(name => !new RegExp(`\\b${name.split(".")[1]}(?::|,| \\}|\\()`).test(tests));
  expect(without).toEqual([]);
});
