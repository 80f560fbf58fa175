// `bun run mutants [folder of src] [--seed N] [--count N]`: makes small mistakes one at a time in a copy of the repository and
// lists those that no test notices. Only the test files that run the changed line are run.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../src/testing/index.ts";
import equivalent from "./equivalent.json" with { type: "json" };
import { type Mutation, mutate, mutationsOf } from "./mutations.ts";
import { pick } from "./pick.ts";
import { readTestFiles, type TestFile, testsOf } from "./test-map.ts";

const ROOT = join(import.meta.dir, "../..");
// A change can make a loop endless.
const LIMIT_MS = 300_000;

interface Mutant {
  readonly file: string;
  readonly mutation: Mutation;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "100" } },
});

async function mutantsOf(folder: string): Promise<readonly Mutant[]> {
  const files = [...new Bun.Glob(`${folder}/**/*.ts`).scanSync(ROOT)];
  const mutants: Mutant[] = [];
  for (const file of files.filter(name => !/^src\/(cli|testing)\//.test(name)).sort())
    for (const mutation of mutationsOf(await Bun.file(join(ROOT, file)).text()))
      mutants.push({ file, mutation });
  return mutants;
}

/** Runs Bun in the copy; whether it succeeded in time. */
async function succeeds(
  copy: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<boolean> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  return (await child.exited) === 0;
}

async function isNoticed(
  copy: string,
  { file, mutation }: Mutant,
  tests: readonly TestFile[],
  env: Record<string, string>,
): Promise<boolean> {
  const path = join(copy, file);
  const source = await Bun.file(path).text();
  await Bun.write(path, mutate(source, mutation));
  try {
    if (!(await succeeds(copy, ["check"], env))) return true;
    for (const name of testsOf(tests, file, mutation.line))
      if (!(await succeeds(copy, ["test", "--bail", name], env))) return true;
    return false;
  } finally {
    await Bun.write(path, source);
  }
}

interface Equivalent {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** Why nobody can see the difference. */
  readonly reason: string;
}

function isEquivalent(file: string, before: string, after: string): boolean {
  const known: readonly Equivalent[] = equivalent;
  return known.some(one => one.file === file && one.before === before && one.after === after);
}

const COPIED = ["src", "test", "examples", "bench", "docs", "scripts", "package.json", "tsconfig.json"];
const DOCUMENTS = ["bunfig.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "rowfn-mutants-"));
  for (const name of [...COPIED, ...DOCUMENTS])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Reports each survivor as it is found, and the share that was noticed at the end. */
async function runMutants(
  copy: string,
  mutants: readonly Mutant[],
  env: Record<string, string>,
): Promise<string> {
  const tests = await readTestFiles(copy, env, (name, index, count) => {
    console.log(`coverage ${index + 1}/${count}: ${name}`);
  });
  let noticed = 0;
  let accepted = 0;
  for (const mutant of mutants) {
    const { file, mutation } = mutant;
    const source = await Bun.file(join(copy, file)).text();
    const before = source.slice(mutation.start, mutation.end);
    if (await isNoticed(copy, mutant, tests, env)) noticed++;
    else if (isEquivalent(file, before, mutation.replacement)) accepted++;
    else console.log(`SURVIVED ${file}:${mutation.line}\n  ${before}\n  → ${mutation.replacement}`);
  }
  const share = Math.round((1000 * (noticed + accepted)) / Math.max(1, mutants.length)) / 10;
  return `${mutants.length} mutants, ${noticed} noticed, ${accepted} equivalent (${share} %)`;
}

const all = await mutantsOf(positionals[0] ?? "src");
const copy = copyRepository();
const server = await startPostgres();
try {
  const env = { ROWFN_TEST_URL: server.url, ROWFN_PREPARE: "true" };
  const mutants = pick(all, Number(values.count), Number(values.seed));
  console.log(`seed ${values.seed}, ${all.length} possible: ${await runMutants(copy, mutants, env)}`);
} finally {
  await server.stop();
  rmSync(copy, { recursive: true, force: true });
}
