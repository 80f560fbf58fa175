// `bun run mutants [folder or file[:line]] [--seed N] [--count N] [--jobs N] [--tests PART,PART]`: makes small mistakes one at
// a time in a copy of the repository and lists those that no test notices. See CONTRIBUTING.md.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COPIED, type Copy, copyRepository, ROOT } from "./copies.ts";
import equivalent from "./equivalent.json" with { type: "json" };
import { type Mutation, mutate, mutationsOf } from "./mutations.ts";
import { pick } from "./pick.ts";
import { instrument } from "./probes.ts";
import { runBun } from "./run-bun.ts";
import { readTestFile, type TestFile, testFileNames, testsOf } from "./test-map.ts";

// A mutation that most tests reach and none notices would take the whole suite: what is left counts as not noticed.
const TESTS_MS = 400_000;
// Most mutants are noticed by the nearest tests, which are quicker than the check of all types.
const TESTS_BEFORE_TYPES = 2;
const TYPES = "bun check";

interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly mutation: Mutation;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    jobs: { type: "string", default: "2" },
    tests: { type: "string", default: "" },
  },
});

/** All mutants of src except the command and the test server, with ids in the order of their place. */
async function allMutants(): Promise<readonly Mutant[]> {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync(ROOT)];
  const mutants: Mutant[] = [];
  for (const file of files.filter(name => !/^src\/(cli|testing)\//.test(name)).sort())
    for (const mutation of mutationsOf(await Bun.file(join(ROOT, file)).text()))
      mutants.push({ id: mutants.length, file, mutation });
  return mutants;
}

async function instrumentCopy(root: string, mutants: readonly Mutant[]): Promise<void> {
  const hits = join(ROOT, "scripts/mutants/hits.ts");
  for (const [file, own] of Map.groupBy(mutants, one => one.file)) {
    const path = join(root, file);
    const mutations = own.map(({ mutation }) => mutation);
    await Bun.write(path, instrument(await Bun.file(path).text(), mutations, own[0]!.id, hits));
  }
}

/** Works on a list with one worker per copy, each member in turn. */
async function share<Member>(
  list: readonly Member[],
  copies: readonly Copy[],
  work: (member: Member, copy: Copy) => Promise<void>,
): Promise<void> {
  const rest = list.values();
  await Promise.all(
    copies.map(async copy => {
      for (const member of rest) await work(member, copy);
    }),
  );
}

/** A directory for the results of one state of the repository, whatever its test files contain. */
async function cacheDirectory(): Promise<string> {
  const hash = new Bun.CryptoHasher("sha1");
  for (const name of COPIED)
    for (const path of [...new Bun.Glob(`${name}{,/**/*}`).scanSync(ROOT)].sort())
      if (!path.endsWith(".test.ts") && !path.includes("node_modules"))
        hash.update(path).update(await Bun.file(join(ROOT, path)).bytes());
  return join(ROOT, "node_modules/.cache/rowfn-mutants", hash.digest("hex"));
}

async function readTestFiles(
  mutants: readonly Mutant[],
  copies: readonly Copy[],
): Promise<readonly TestFile[]> {
  const names = testFileNames(ROOT, values.tests.split(",").filter(Boolean));
  const instrumented = await copyRepository();
  await instrumentCopy(instrumented.root, mutants);
  const cache = await cacheDirectory();
  const files: TestFile[] = [];
  let done = 0;
  await share(names, copies, async (name, copy) => {
    const file = await readTestFile(name, instrumented.root, copy.root, copy.env, cache);
    if (file) files.push(file);
    console.log(`${++done}/${names.length} ${name}${file ? "" : " fails without a change and is left out"}`);
  });
  await instrumented.remove();
  return files;
}

/** The name of the check or test that notices a mutant. */
async function findNotice(
  copy: Copy,
  mutant: Mutant,
  tests: readonly TestFile[],
): Promise<string | undefined> {
  const path = join(copy.root, mutant.file);
  const source = await Bun.file(path).text();
  await Bun.write(path, mutate(source, mutant.mutation));
  try {
    const concerned = testsOf(tests, mutant.file, mutant.id);
    const runs = ["true", "false"].flatMap(prepare => concerned.map(one => ({ ...one, prepare })));
    let left = TESTS_MS;
    for (const [index, run] of runs.entries()) {
      if (index === TESTS_BEFORE_TYPES && !(await hasValidTypes(copy))) return TYPES;
      left -= run.milliseconds;
      if (left < 0) break;
      if (!(await passes(copy, run, run.prepare))) return run.file;
    }
    if (runs.length <= TESTS_BEFORE_TYPES && !(await hasValidTypes(copy))) return TYPES;
    return undefined;
  } finally {
    await Bun.write(path, source);
    await copy.dropDatabases();
  }
}

function hasValidTypes(copy: Copy): Promise<boolean> {
  return runBun(copy.root, ["check"], copy.env);
}

function passes(copy: Copy, { file, milliseconds }: TestFile, prepare: string): Promise<boolean> {
  const env = { ...copy.env, ROWFN_PREPARE: prepare };
  return runBun(copy.root, ["test", "--bail", file], env, 60_000 + 5 * milliseconds);
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

/** Reports each survivor as it is found, and the share that was noticed at the end. */
async function runMutants(
  mutants: readonly Mutant[],
  tests: readonly TestFile[],
  copies: readonly Copy[],
): Promise<string> {
  const counts = { types: 0, tests: 0, equivalent: 0, survivors: 0 };
  await share(mutants, copies, async (mutant, copy) => {
    const { file, mutation } = mutant;
    const before = (await Bun.file(join(ROOT, file)).text()).slice(mutation.start, mutation.end);
    const place = `${file}:${mutation.line}`;
    const notice = await findNotice(copy, mutant, tests);
    if (notice !== undefined) {
      counts[notice === TYPES ? "types" : "tests"]++;
      console.log(`${place} noticed by ${notice}`);
    } else if (isEquivalent(file, before, mutation.replacement)) counts.equivalent++;
    else {
      counts.survivors++;
      const reached = testsOf(tests, file, mutant.id).length;
      console.log(`SURVIVED ${place} (${reached} test files)\n  ${before}\n  → ${mutation.replacement}`);
    }
  });
  const share_ = Math.round((1000 * (mutants.length - counts.survivors)) / Math.max(1, mutants.length)) / 10;
  return `${mutants.length} mutants, ${share_} % noticed or equivalent: ${JSON.stringify(counts)}`;
}

function isAt(place: string, { file, mutation }: Mutant): boolean {
  const [path, line] = place.split(":");
  return (file === path || file.startsWith(`${path}/`)) && (!line || Number(line) === mutation.line);
}

const mutants = await allMutants();
const possible = mutants.filter(mutant => isAt((positionals[0] ?? "src").replace(/\/$/, ""), mutant));
const picked = pick(possible, Number(values.count), Number(values.seed));
const copies = await Promise.all(Array.from({ length: Number(values.jobs) }, copyRepository));
try {
  if (!(await runBun(ROOT, ["check"], {}))) throw new Error("bun check fails without a change");
  const tests = await readTestFiles(mutants, copies);
  console.log(`seed ${values.seed}, ${possible.length} possible: ${await runMutants(picked, tests, copies)}`);
} finally {
  for (const copy of copies) await copy.remove();
}
