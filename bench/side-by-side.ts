// Compares rowfn with other libraries on the embedded server. Started by run.ts. Writes docs/benchmarks.md and .svg, except
// with `--quick`, which runs fewer rounds, and `--only <operation>`, which measures one row. `--line slow` measures only on
// the line of 1 ms, `--server` only servers under load, `--among-work` only single calls of processes that do other work.
// `--check` measures nothing: it only compares the results of the libraries.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SQL } from "bun";
import { loadSchema } from "rowfn";
import { ADAPTERS, type AdapterName, openAdapter } from "./adapter.ts";
import type { SnapshotRow } from "./catalog-read.ts";
import type { Adapters } from "./measure.ts";
import { noteOf, OPERATIONS, type Operation, type OperationName } from "./operation.ts";
import type { TimedRow } from "./report.ts";
import { type Load, loadText } from "./server/load-text.ts";

const ROOT = join(import.meta.dir, "..");

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    line: { type: "string" },
    server: { type: "boolean", default: false },
    "among-work": { type: "boolean", default: false },
  },
});
const isWhole =
  flags.only === undefined &&
  flags.line === undefined &&
  !flags.quick &&
  !flags.check &&
  !flags.server &&
  !flags["among-work"];

function selectedOperations(): readonly OperationName[] {
  if (flags.only === undefined) return OPERATIONS;
  const unknown = flags.only.filter(name => !(OPERATIONS as readonly string[]).includes(name));
  if (unknown.length === 0) return OPERATIONS.filter(name => flags.only!.includes(name));
  console.error(`--only must be one of ${OPERATIONS.join(", ")}, received ${unknown.join(", ")}`);
  process.exit(2);
}

function adaptersFor(adapters: Adapters, { needs }: Operation): Adapters {
  return new Map([...adapters].filter(([, adapter]) => needs === undefined || adapter[needs] !== undefined));
}

/** Milliseconds that a round trip takes longer on the slow line. */
const SLOW_MS = 1;

// Operations of seconds measure the server, not the line.
const LOCAL_ONLY: readonly OperationName[] = ["insert-100k", "fetch-100k", "fetch-100k-plain"];

async function openAdapters(url: string): Promise<Adapters> {
  return new Map(
    await Promise.all(ADAPTERS.map(async name => [name, await openAdapter(name, url)] as const)),
  );
}

async function measureOnLine(
  admin: SQL,
  url: string,
  names: readonly OperationName[],
  roundsOf: (operation: Operation) => number,
): Promise<TimedRow[]> {
  const adapters = await openAdapters(url);
  const rows = await measureAll(admin, adapters, names, roundsOf);
  for (const adapter of adapters.values()) await adapter.close();
  return rows;
}

async function measureAll(
  admin: SQL,
  adapters: Adapters,
  names: readonly OperationName[],
  roundsOf: (operation: Operation) => number,
): Promise<TimedRow[]> {
  const { loadOperation } = await import("./operation.ts");
  const { measure, median, ratio } = await import("./measure.ts");
  const { requireSameResults } = await import("./same-results.ts");
  const { timedTable } = await import("./report.ts");
  const operations = await Promise.all(names.map(loadOperation));
  for (const operation of operations) {
    if (operation.isCheckedElsewhere) continue;
    await requireSameResults(admin, operation.title, operation, adaptersFor(adapters, operation));
  }
  const rows: TimedRow[] = [];
  for (const [index, operation] of operations.entries()) {
    const rounds = roundsOf(operation);
    if (rounds === 0) continue;
    const samples = await measure(admin, operation, adaptersFor(adapters, operation), rounds);
    const reference = samples.get(ADAPTERS[0])!;
    const ratios = new Map([...samples].map(([name, times]) => [name, ratio(times, reference)]));
    const note = await noteOf(names[index]!);
    rows.push({ title: operation.title, rounds, reference: median(reference), ratios, note });
    console.log(timedTable(rows.slice(-1)).split("\n").at(-1));
  }
  return rows;
}

/** Servers on the local line and on the slow one; undefined without wrk, which sends the requests. */
async function measureLoad(admin: SQL, url: string, scratch: string): Promise<Load | undefined> {
  const { hasWrk, measureServers, ROUTES } = await import("./server/under-load.ts");
  if (!hasWrk()) return undefined;
  const { createEntries } = await import("./data.ts");
  const { startSlowLine } = await import("./slow-line/slow-line.ts");
  await createEntries(admin);
  const connections = [16, 128];
  const [rounds, seconds] = flags.quick ? [1, 1] : [5, 3];
  const local = await measureServers(admin, url, { routes: ROUTES, connections, rounds, seconds });
  const line = await startSlowLine(url, SLOW_MS, scratch);
  const slow = await measureServers(admin, line.url, { routes: ROUTES, connections, rounds, seconds });
  line.stop();
  return { local, slow };
}

async function snapshots(url: string): Promise<SnapshotRow[]> {
  const { measureSnapshot } = await import("./catalog-read.ts");
  const rows: SnapshotRow[] = [];
  for (const [tables, rounds] of flags.quick
    ? [[300, 3]]
    : [
        [300, 15],
        [3000, 5],
      ]) {
    const admin = new SQL(url, { max: 1 });
    const name = `bench_${tables}_tables`;
    await admin.unsafe(`create database ${name}`);
    const sql = new SQL(url.replace(/[^/]*$/, name), { max: 2 });
    rows.push(await measureSnapshot(sql, tables!, rounds!));
    await sql.close({ timeout: 5 });
    await admin.close({ timeout: 5 });
  }
  return rows;
}

/** The files of the adapters. rowfn is a bundle with Valibot, of which parts are loaded when they are used, as published. */
async function publishedFiles(directory: string): Promise<Map<AdapterName, string>> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "adapters/rowfn.ts")],
    target: "bun",
    minify: true,
    splitting: true,
    outdir: directory,
  });
  if (!built.success) throw new Error(built.logs.join("\n"));
  return new Map(
    ADAPTERS.map(name => [
      name,
      name === "rowfn" ? join(directory, "rowfn.js") : join(import.meta.dir, "adapters", `${name}.ts`),
    ]),
  );
}

async function versions(): Promise<string> {
  const { dependencies } = (await Bun.file(join(import.meta.dir, "package.json")).json()) as {
    dependencies: Record<string, string>;
  };
  return [
    `Bun ${Bun.version}`,
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
  ].join(", ");
}

async function bench(url: string, scratch: string): Promise<void> {
  const { createData } = await import("./data.ts");
  const { chart } = await import("./chart.ts");
  const { startSlowLine } = await import("./slow-line/slow-line.ts");
  const { markdown } = await import("./report.ts");
  const admin = new SQL(url, { max: 1 });
  await createData(admin);
  if (flags.server) {
    const load = await measureLoad(admin, url, scratch);
    console.log(load ? loadText(load) : "wrk is not installed");
    return;
  }
  if (flags["among-work"]) {
    const { measureAmongWork } = await import("./among-work.ts");
    const { amongWorkTable } = await import("./report.ts");
    const rounds = flags.quick ? 20 : 300;
    console.log(amongWorkTable(await measureAmongWork(admin, url, rounds), rounds));
    return;
  }
  const names = selectedOperations();
  if (flags.check) {
    await measureOnLine(admin, url, names, () => 0);
    console.log("the libraries return the same results");
    return;
  }
  const local =
    flags.line === "slow"
      ? []
      : await measureOnLine(admin, url, names, ({ rounds, quickRounds }) =>
          flags.quick ? quickRounds : rounds,
        );
  const line = await startSlowLine(url, SLOW_MS, scratch);
  const slowNames = names.filter(name => !LOCAL_ONLY.includes(name));
  const slow = await measureOnLine(
    admin,
    line.url,
    slowNames,
    ({ quickRounds }) => quickRounds * (flags.quick ? 1 : 3),
  );
  line.stop();
  const [{ version }] = await admin.unsafe("select current_setting('server_version') as version");
  const snapshot = join(scratch, "snapshot.json");
  await Bun.write(snapshot, JSON.stringify(await loadSchema(admin)));
  if (flags.only !== undefined || flags.line !== undefined) return;
  const load = await measureLoad(admin, url, scratch);
  const { measureAmongWork } = await import("./among-work.ts");
  const amongWorkRounds = flags.quick ? 20 : 300;
  const amongWork = await measureAmongWork(admin, url, amongWorkRounds);
  await admin.close({ timeout: 5 });
  const { measureOwnWork } = await import("./own-work.ts");
  const { measureProcesses } = await import("./processes.ts");
  const { measureOwnSize, measureSizes } = await import("./sizes.ts");
  const published = await publishedFiles(scratch);
  const text = markdown({
    server: `PostgreSQL ${version}`,
    versions: await versions(),
    timed: local,
    slow,
    load,
    amongWork,
    amongWorkRounds,
    ownWork: await measureOwnWork(url),
    snapshots: await snapshots(url),
    processes: await measureProcesses(url, published, flags.quick ? 2 : 15, snapshot),
    sizes: await measureSizes(),
    own: await measureOwnSize(),
  });
  console.log(text);
  if (!isWhole) return;
  const report = join(ROOT, "docs/benchmarks.md");
  await Bun.write(report, text);
  Bun.spawnSync([process.execPath, "x", "biome", "format", "--write", report], { cwd: ROOT });
  await Bun.write(join(ROOT, "docs/benchmarks.svg"), chart(local));
}

const { startPostgres } = await import("../src/testing/start-postgres.ts");
const server = await startPostgres({ settings: { synchronous_commit: "off" } });
const scratch = mkdtempSync(join(tmpdir(), "rowfn-bench-"));
try {
  await bench(server.url, scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
  await server.stop();
}
process.exit();
