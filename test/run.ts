// `bun run test`: everything from a fresh checkout to the last line `N passed, N failed`. Before the install only
// modules of Bun itself are imported. Arguments select test files: `bun run test types`.
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PostgresServer } from "../src/testing/start-postgres.ts";
import {
  estimateText,
  expectedTimes,
  FIRST_TIMES,
  reportProgress,
  testFiles,
} from "./support/test-progress.ts";

const ROOT = join(import.meta.dir, "..");

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
}

const NONE: Tally = { passed: 0, failed: 0, leftOut: 0 };

function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, leftOut: a.leftOut + b.leftOut };
}

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

interface Finished {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs Bun, shows its output and returns it. */
async function bun(args: readonly string[], env: Record<string, string | undefined> = {}): Promise<Finished> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([shown(child.stdout), shown(child.stderr)]);
  return { ok: (await child.exited) === 0, output: stdout + stderr };
}

async function shown(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const part = decoder.decode(chunk, { stream: true });
    process.stdout.write(part);
    text += part;
  }
  return text;
}

/** A check that contains no tests counts as one test. */
async function check(name: string, args: readonly string[]): Promise<Tally> {
  heading(name);
  const { ok } = await bun(args);
  return ok ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 };
}

const CACHE = join(ROOT, "node_modules/.cache/rowfn-tests");
// Some files wait for a server or a program, and meanwhile another file can use the core.
const WORKERS = navigator.hardwareConcurrency + 1;

/** Runs test files, except those matching some patterns, and shows failures and progress. */
async function tests(
  mode: "true" | "false",
  filters: readonly string[],
  without: readonly string[],
  url: string,
  command: string,
): Promise<Tally> {
  heading(`bun test, prepare: ${mode}`);
  // The duration of each file, so that the next run starts the slowest files first.
  const timings = join(CACHE, `prepare-${mode}.json`);
  mkdirSync(CACHE, { recursive: true });
  if (!existsSync(timings)) copyFileSync(FIRST_TIMES, timings);
  const times = expectedTimes(testFiles(filters, without), timings);
  console.log(estimateText(times, WORKERS));
  const finished = join(CACHE, `finished-${process.pid}`);
  const stop = reportProgress(times, finished, console.log);
  const { ok, output } = await bun(
    [
      ...["test", `--parallel=${WORKERS}`, "--only-failures", "--pass-with-no-tests", ...filters],
      ...[`--timings=${timings}`, "--update-timings"],
      ...without.flatMap(pattern => ["--path-ignore-patterns", pattern]),
    ],
    { ROWFN_TEST_URL: url, ROWFN_PREPARE: mode, ROWFN_PROGRESS: finished, ROWFN_COMMAND: command },
  );
  stop();
  rmSync(finished, { force: true });
  const last = (word: string): number =>
    Number([...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
  const tally = { passed: last("pass"), failed: last("fail"), leftOut: last("skip") };
  // A file that cannot be loaded fails the run without counting as a test.
  return !ok && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

async function server(): Promise<PostgresServer | undefined> {
  if (process.env["ROWFN_TEST_URL"]) return undefined;
  const { startPostgres } = await import("../src/testing/start-postgres.ts");
  return startPostgres();
}

// The driver's mode does not affect these files: they send nothing or SQL without parameters, or choose the mode
// themselves.
const WITHOUT_MODE = [
  "{architecture,arguments,containers,mutations,nested-options,option-values,wrong-filters}.test.ts",
  "{bench,cli,docs,examples,packaging,statements,static-types,testing,topologies}/**",
  "ddl/{add-*,column-entries,column-type,convergence*,create-enum,create-or-transform,create-table*,definitions}.test.ts",
  "ddl/{dependents,dump-restore,duplicate-table,entry-forms,every-pair,if-exists,indexes}.test.ts",
  "ddl/{migration-*,moved-names,partitions,random-*,recreated-dependents,referenced-keys}.test.ts",
  "ddl/{rename-columns,retype-under-views,schema-objects,schema-sql,scoped-snapshot,settings}.test.ts",
  "ddl/{transform-*,type-definitions,types-from-rows,valibot-entries,views}.test.ts",
  "driver/{failure-facts,open-handle,poolers}.test.ts",
  "files/{analyze-column,diagram,format-rows,generate-module,import-table-sql,import-unchanged}.test.ts",
  "files/{insert-types,interface-names,rereadable-source,text-in-pieces}.test.ts",
  "http/{event-source,next-url,open-api,open-api-operations,query-texts}.test.ts",
  "messages/{ddl,entries,files,reported}.test.ts",
  "{replicas/choose-server,rows/filters-rejected}.test.ts",
  "schema/{columns,definitions,engine,fingerprint,json-problem,keys,many-tables,nearest,not-read}.test.ts",
  "schema/{object-look-ups,odd-names,partitions,relations,schema-diff}.test.ts",
  "types/{can-compare,catalogue,json,literals,modifier,money-locale,narrow-json-schema,text}.test.ts",
  "validate/{differential,filter-guards,json-schema*,mistakes,nested-schema,refine,row-check}.test.ts",
  "validate/{schemas,validate-update}.test.ts",
].map(pattern => `test/${pattern}`);

/**
 * A single file with the command, which starts in half the time of its sources. This process may have started before
 * the packages were installed, so its own bundler does not find them.
 */
async function bundleCommand(): Promise<string> {
  const outdir = join(CACHE, "command");
  const options = ["--outdir", outdir, "--target", "bun", "--splitting", "--sourcemap=linked"];
  const child = Bun.spawn([process.execPath, "build", join(ROOT, "src/cli/main.ts"), ...options], {
    stdout: "ignore",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) throw new Error("the command cannot be bundled");
  return join(outdir, "main.js");
}

async function allTests(filters: readonly string[]): Promise<Tally> {
  const postgres = await server();
  const url = process.env["ROWFN_TEST_URL"] ?? postgres?.url ?? "";
  const stop = (): void => void postgres?.stop().finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const only = process.env["ROWFN_PREPARE"];
    const command = await bundleCommand();
    const prepared = only === "false" ? NONE : await tests("true", filters, [], url, command);
    if (only === "true") return prepared;
    // Files that also run the other modes if only this mode is requested.
    const without = only === "false" ? [] : WITHOUT_MODE;
    const unprepared = await tests("false", filters, without, url, command);
    return add(prepared, unprepared);
  } finally {
    await postgres?.stop();
  }
}

async function install(): Promise<void> {
  const { ok } = await bun([
    "install",
    "--frozen-lockfile",
    ...(existsSync(join(ROOT, "node_modules")) ? ["--silent"] : []),
  ]);
  if (!ok) process.exit(1);
}

async function main(): Promise<void> {
  const filters = process.argv.slice(2);
  await install();
  let total = NONE;
  if (filters.length === 0) {
    total = add(total, await check("tsc", ["node_modules/typescript/bin/tsc", "--noEmit"]));
    total = add(
      total,
      await check("biome", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."]),
    );
  }
  total = add(total, await allTests(filters));
  const leftOut = total.leftOut > 0 ? `${total.leftOut} left out: their input is not there\n` : "";
  console.log(`\n${leftOut}${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

await main();
