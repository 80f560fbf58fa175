// Finds the mutations that each test could notice: those whose change would matter to a value that the test computes.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { runBun } from "./run-bun.ts";

/** A test of a file, or what the file does outside its tests, and the ids of the mutations that it could notice. */
export interface Part {
  /** As `bun test` prints it; undefined outside the tests. */
  readonly name: string | undefined;
  readonly milliseconds: number;
  readonly hits: ReadonlySet<number>;
}

export interface TestFile {
  readonly file: string;
  readonly parts: readonly Part[];
}

/** A run of some tests of a file, or of all. */
export interface TestRun {
  readonly file: string;
  readonly names: readonly string[] | undefined;
  readonly milliseconds: number;
}

/**
 * Runs a test file in the instrumented copy, or returns what it did in an earlier run with the same text of the test. A file
 * that fails without a change in `clean`, a copy without probes, cannot notice one: it has no parts.
 * @param keys the mutations of all ids, by which an earlier run with other files is read
 */
export async function readTestFile(
  file: string,
  instrumented: string,
  clean: string,
  env: Readonly<Record<string, string>>,
  cache: string,
  keys: readonly string[],
): Promise<TestFile> {
  const text = readFileSync(join(clean, file), "utf8");
  const path = join(cache, `${new Bun.CryptoHasher("sha1").update(file + text).digest("hex")}.json`);
  if (existsSync(path)) return readStored(file, path, keys);
  const found = await measure(file, instrumented, clean, env);
  const state = await storeKeys(cache, keys);
  const parts = found.parts.map(part => ({ ...part, hits: [...part.hits] }));
  await Bun.write(path, JSON.stringify({ state, parts }));
  return found;
}

interface Stored {
  /** The file with the keys of the ids. */
  readonly state: string;
  readonly parts: readonly { name?: string; milliseconds: number; hits: readonly number[] }[];
}

async function storeKeys(cache: string, keys: readonly string[]): Promise<string> {
  const text = JSON.stringify(keys);
  const path = join(cache, `keys-${new Bun.CryptoHasher("sha1").update(text).digest("hex")}.json`);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) await Bun.write(path, text);
  return path;
}

/** A mutation that did not exist counts as reached by what reached its file, or the folder of a new file. */
function readStored(file: string, path: string, keys: readonly string[]): TestFile {
  const { state, parts }: Stored = JSON.parse(readFileSync(path, "utf8"));
  const { old, added, ids } = comparisonOf(state, keys);
  return {
    file,
    parts: parts.map(({ name, milliseconds, hits }) => {
      const sources = new Set(added.length === 0 ? [] : hits.map(id => sourceOf(old[id]!)));
      const places = new Set([...sources, ...[...sources].map(source => dirname(source))]);
      const kept = hits.flatMap(id => ids.get(old[id]!) ?? []);
      const reached = added.filter(({ place }) => places.has(place)).map(({ id }) => id);
      return { name, milliseconds, hits: new Set([...kept, ...reached]) };
    }),
  };
}

interface Comparison {
  readonly old: readonly string[];
  /** The mutations that did not exist, each with its file, or the folder of a new file. */
  readonly added: readonly { readonly id: number; readonly place: string }[];
  readonly ids: ReadonlyMap<string, number>;
}

// Most test files were measured with the same keys.
const comparisons = new Map<string, Comparison>();

function comparisonOf(state: string, keys: readonly string[]): Comparison {
  const found = comparisons.get(state) ?? compare(JSON.parse(readFileSync(state, "utf8")), keys);
  comparisons.set(state, found);
  return found;
}

function compare(old: readonly string[], keys: readonly string[]): Comparison {
  const known = new Set(old);
  const knownSources = new Set(old.map(sourceOf));
  const added = keys.flatMap((key, id) => {
    if (known.has(key)) return [];
    const source = sourceOf(key);
    return [{ id, place: knownSources.has(source) ? source : dirname(source) }];
  });
  return { old, added, ids: new Map(keys.map((key, id) => [key, id])) };
}

function sourceOf(key: string): string {
  return key.slice(0, key.indexOf("\n"));
}

async function measure(
  file: string,
  instrumented: string,
  clean: string,
  env: Readonly<Record<string, string>>,
): Promise<TestFile> {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-hits-"));
  try {
    const path = join(directory, "hits");
    await Bun.write(path, "");
    const run = await runBun(instrumented, ["test", file], { ...env, ROWFN_MUTANT_HITS: path });
    // The probes may be what fails: a test that reads the source or counts what is loaded.
    if (!run.passes && !(await runBun(clean, ["test", file], env)).passes) return { file, parts: [] };
    return { file, parts: partsOf(readFileSync(path, "utf8"), run.stderr, run.milliseconds) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const RESULT = /^\((pass|fail)\) (.*?)(?: \[([\d.]+)(m?s)\])?$/gm;

/** The parts of a test file by the marks between the ids; one part if the marks are not those of the tests. */
export function partsOf(hits: string, stderr: string, milliseconds: number): readonly Part[] {
  const outside = new Set<number>();
  const inTests: Set<number>[] = [];
  let current = outside;
  for (const line of hits.split("\n")) {
    if (line === "start") {
      current = new Set();
      inTests.push(current);
    } else if (line === "end") current = outside;
    else if (line !== "") current.add(Number(line));
  }
  const tests = [...stderr.matchAll(RESULT)].map(([, , name, time = "0", unit]) => ({
    name: name!,
    milliseconds: Number(time) * (unit === "s" ? 1000 : 1),
  }));
  const isKnown =
    tests.length === inTests.length && new Set(tests.map(one => one.name)).size === tests.length;
  if (!isKnown) {
    const all = inTests.reduce((union, ids) => union.union(ids), outside);
    return [{ name: undefined, milliseconds, hits: all }];
  }
  const rest = tests.reduce((left, test) => left - test.milliseconds, milliseconds);
  return [
    { name: undefined, milliseconds: Math.max(0, rest), hits: outside },
    ...tests.map((test, index) => ({ ...test, hits: inTests[index]! })),
  ];
}

/** The tests that could notice a mutation: of the file of the same name, then of the same folder, the quickest first. */
export function runsOf(files: readonly TestFile[], source: string, id: number): readonly TestRun[] {
  const folder = source.split("/")[1]!;
  const name = basename(source, ".ts");
  const words = new Set(name.split("-"));
  const weight = (file: string): number => {
    const test = basename(file, ".test.ts");
    if (test === name) return 0;
    // `build-settings` concerns `settings`, in whatever folder.
    if (test.split("-").some(word => words.has(word))) return 0.2;
    return file.split("/")[1] === folder ? 1 : 3;
  };
  const cost = ({ file, milliseconds }: TestRun): number => milliseconds * weight(file);
  return files.flatMap(file => runOf(file, id) ?? []).sort((a, b) => cost(a) - cost(b));
}

function runOf({ file, parts }: TestFile, id: number): TestRun | undefined {
  const reached = parts.filter(({ hits }) => hits.has(id));
  if (reached.length === 0) return undefined;
  const time = (some: readonly Part[]): number => some.reduce((sum, part) => sum + part.milliseconds, 0);
  const names = reached.flatMap(part => part.name ?? []);
  // What happens outside the tests matters to each of them.
  if (names.length < reached.length) return { file, names: undefined, milliseconds: time(parts) };
  const milliseconds = time(reached) + time(parts.slice(0, 1));
  // Some of the tests need a second run without the change, in case they depend on an earlier one.
  if (time(parts) < 2 * milliseconds) return { file, names: undefined, milliseconds: time(parts) };
  return { file, names, milliseconds };
}

/** The arguments of `bun test` for a run. Bun prints ` > ` after the name of a group, and matches a space. */
export function argumentsOf({ file, names }: TestRun): readonly string[] {
  if (names === undefined) return ["test", "--bail", file];
  const patterns = names.map(name =>
    name
      .split(" > ")
      .map(part => RegExp.escape(part))
      .join("(?: > | )"),
  );
  return ["test", "--bail", "-t", `^ ?(?:${patterns.join("|")})$`, file];
}
