// `bun run mutants [folder or file[:line]] [--seed N] [--count N] [--from N] [--jobs N] [--tests PART,PART]`: makes small
// mistakes one at a time in a copy of the repository and lists those that no test notices. See CONTRIBUTING.md.
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { testFileNames } from "../test-files.ts";
import { type Copy, copyRepository, ROOT } from "./copies.ts";
import { decideAll, share, textBefore } from "./decide.ts";
import { mutationsOf } from "./mutations.ts";
import type { Mutant } from "./notice.ts";
import { pick } from "./pick.ts";
import { instrument } from "./probes.ts";
import { runBun } from "./run-bun.ts";
import { readTestFile, type TestFile } from "./test-map.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    from: { type: "string", default: "0" },
    jobs: { type: "string", default: "2" },
    tests: { type: "string", default: "" },
  },
});

/** All mutants of src except the command and the test server, with ids in the order of their place. */
async function allMutants(): Promise<readonly Mutant[]> {
  const files = [...new Bun.Glob("src/**/*.ts").scanSync(ROOT)];
  const mutants: Mutant[] = [];
  for (const file of files.filter(name => !/^src\/(cli|testing)\//.test(name)).sort()) {
    const source = await Bun.file(join(ROOT, file)).text();
    for (const mutation of mutationsOf(source)) mutants.push({ id: mutants.length, file, source, mutation });
  }
  return mutants;
}

function lineOf({ source, mutation }: Mutant): string {
  const start = source.lastIndexOf("\n", mutation.start - 1) + 1;
  return source.slice(start, source.indexOf("\n", mutation.start)).trim();
}

/** The names of mutants that remain when other lines of their files change. */
function keysOf(mutants: readonly Mutant[]): readonly string[] {
  const seen = new Map<string, number>();
  return mutants.map(mutant => {
    const key = `${mutant.file}\n${lineOf(mutant)}\n${textBefore(mutant)} → ${mutant.mutation.replacement}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return `${key} ${count}`;
  });
}

async function instrumentCopy(root: string, mutants: readonly Mutant[]): Promise<void> {
  const hits = join(root, "scripts/mutants/hits.ts");
  const preload = join(root, "test/support/preload.ts");
  const marks = `
    import { afterEach, beforeEach } from "bun:test";
    import { hits as mutantHits } from ${JSON.stringify(hits)};
    beforeEach(() => mutantHits.mark("start"));
    afterEach(() => mutantHits.mark("end"));`;
  await Bun.write(preload, (await Bun.file(preload).text()) + marks);
  for (const [file, own] of Map.groupBy(mutants, one => one.file)) {
    const path = join(root, file);
    const mutations = own.map(({ mutation }) => mutation);
    await Bun.write(path, instrument(own[0]!.source, mutations, own[0]!.id, hits));
  }
}

// Where the tests of an earlier run are stored, for all checkouts of the repository.
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "rowfn-mutants");

/** The test files with those ids alone that are of `picked`. */
async function readTestFiles(
  mutants: readonly Mutant[],
  picked: readonly Mutant[],
  copies: readonly Copy[],
): Promise<readonly TestFile[]> {
  const names = testFileNames(copies[0]!.root, values.tests.split(",").filter(Boolean));
  const instrumented = await copyRepository();
  await instrumentCopy(instrumented.root, mutants);
  const [keys, ids] = [keysOf(mutants), new Set(picked.map(({ id }) => id))];
  const files: TestFile[] = [];
  await share(names, copies, async (name, copy) => {
    const { file, parts } = await readTestFile(name, instrumented.root, copy.root, copy.env, CACHE, keys);
    files.push({ file, parts: parts.map(part => ({ ...part, hits: part.hits.intersection(ids) })) });
    const note = parts.length > 0 ? "" : " fails without a change and is left out";
    console.log(`${files.length}/${names.length} ${name}${note}`);
  });
  await instrumented.remove();
  return files;
}

function isAt(place: string, { file, mutation }: Mutant): boolean {
  const [path, line] = place.split(":");
  return (file === path || file.startsWith(`${path}/`)) && (!line || Number(line) === mutation.line);
}

const mutants = await allMutants();
const possible = mutants.filter(mutant => isAt((positionals[0] ?? "src").replace(/\/$/, ""), mutant));
const picked = pick(possible, Number(values.count), Number(values.seed)).slice(Number(values.from));
const copies = await Promise.all(Array.from({ length: Number(values.jobs) }, copyRepository));
try {
  if (!(await runBun(ROOT, ["check"], {})).passes) throw new Error("bun check fails without a change");
  const tests = await readTestFiles(mutants, picked, copies);
  console.log(
    `seed ${values.seed}, ${possible.length} possible: ${await decideAll(picked, tests, copies, console.log)}`,
  );
} finally {
  for (const copy of copies) await copy.remove();
}
