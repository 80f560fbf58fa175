// Finds the mutations that each test file could notice: those whose change would matter to a value that the test computes.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { runBun } from "./run-bun.ts";

/** A test file, how long it takes, and the ids of the mutations that it could notice. */
export interface TestFile {
  readonly file: string;
  readonly milliseconds: number;
  readonly hits: ReadonlySet<number>;
}

// These start programs or compare texts of the repository; the examples are long.
const LEFT_OUT = /^test\/(cli|testing|packaging|static-types)\/|^test\/(architecture|mutations)\.test/;

/** The test files whose path contains one of `filters`. */
export function testFileNames(root: string, filters: readonly string[]): readonly string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .map(name => `test/${name}`)
    .filter(name => name.endsWith(".test.ts") && !LEFT_OUT.test(name))
    .filter(name => filters.length === 0 || filters.some(filter => name.includes(filter)))
    .sort();
}

/**
 * Runs a test file in the instrumented copy, or returns what it did in an earlier run with the same files. A test file that
 * fails without a change in `clean`, a copy without probes, cannot notice one: undefined.
 */
export async function readTestFile(
  file: string,
  instrumented: string,
  clean: string,
  env: Readonly<Record<string, string>>,
  cache: string,
): Promise<TestFile | undefined> {
  const text = readFileSync(join(clean, file), "utf8");
  const key = join(cache, `${new Bun.CryptoHasher("sha1").update(file + text).digest("hex")}.json`);
  if (existsSync(key)) return read(JSON.parse(readFileSync(key, "utf8")));
  const found = await measure(file, instrumented, clean, env);
  mkdirSync(dirname(key), { recursive: true });
  await Bun.write(key, JSON.stringify(found ? { ...found, hits: [...found.hits] } : null));
  return found;
}

function read(stored: null | { file: string; milliseconds: number; hits: number[] }): TestFile | undefined {
  return stored === null ? undefined : { ...stored, hits: new Set(stored.hits) };
}

async function measure(
  file: string,
  instrumented: string,
  clean: string,
  env: Readonly<Record<string, string>>,
): Promise<TestFile | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-hits-"));
  try {
    const path = join(directory, "hits");
    await Bun.write(path, "");
    const started = performance.now();
    const passes = await runBun(instrumented, ["test", file], { ...env, ROWFN_MUTANT_HITS: path });
    const milliseconds = Math.round(performance.now() - started);
    // The probes may be what fails: a test that reads the source or counts what is loaded.
    if (!passes && !(await runBun(clean, ["test", file], env))) return undefined;
    const ids = readFileSync(path, "utf8").split("\n").filter(Boolean).map(Number);
    return { file, milliseconds, hits: new Set(ids) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The test files that could notice a mutation: that of the same name, then those of the same folder, the quickest first. */
export function testsOf(files: readonly TestFile[], source: string, id: number): readonly TestFile[] {
  const folder = source.split("/")[1]!;
  const name = basename(source, ".ts");
  const cost = ({ file, milliseconds }: TestFile): number =>
    basename(file, ".test.ts") === name ? 0 : milliseconds * (file.split("/")[1] === folder ? 1 : 3);
  return files.filter(({ hits }) => hits.has(id)).sort((a, b) => cost(a) - cost(b));
}
