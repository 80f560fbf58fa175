// Compares rowfn with other libraries on the embedded server. Started by run.ts. Writes docs/benchmarks.md and .svg, or
// the same files to another directory with `--out <directory>`.
//
// `--quick` measures fewer rounds, `--once` one call of everything with small tables; both write only with `--out`.
// `--only <operation>` measures one row, `--line slow` only the line of 1 ms, `--server` only servers under load,
// `--among-work` only single calls of processes that do other work, `--start` only starts of processes; they only print.
// `--check` measures nothing: it only compares the results of the libraries.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SQL } from "bun";
import { loadSchema } from "rowfn";
import { startPostgres } from "rowfn/testing";
import { measureAmongWork } from "./among-work.ts";
import { AMOUNTS } from "./amount.ts";
import { measureSnapshot, type SnapshotRow } from "./catalog-read.ts";
import { chart } from "./chart.ts";
import { createData, createEntries } from "./data.ts";
import { OPERATIONS, type OperationName } from "./operation.ts";
import { measureOwnWork } from "./own-work.ts";
import { measureProcesses, type ProcessRow } from "./processes.ts";
import { buildPackage, bytecodeAdapters, publishedAdapters, versions } from "./published.ts";
import { amongWorkTable, markdown, type Report, startTable, type TimedRow } from "./report.ts";
import { type Load, loadText } from "./server/load-text.ts";
import { hasWrk, measureServers } from "./server/under-load.ts";
import { measureOwnSize, measureSizes } from "./sizes.ts";
import { hasCompiler, startSlowLine } from "./slow-line/slow-line.ts";
import { measurePerCall } from "./time-per-call.ts";
import { measureOnLine } from "./timed.ts";

const ROOT = join(import.meta.dir, "..");

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    once: { type: "boolean", default: false },
    out: { type: "string" },
    check: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    line: { type: "string" },
    server: { type: "boolean", default: false },
    "among-work": { type: "boolean", default: false },
    start: { type: "boolean", default: false },
  },
});
const amount = AMOUNTS[flags.once ? "once" : flags.quick ? "quick" : "whole"];

/** The directory of the report, if it is written. */
const out = flags.out ?? (flags.quick || flags.once ? undefined : join(ROOT, "docs"));

function selectedOperations(): readonly OperationName[] {
  if (flags.only === undefined) return OPERATIONS;
  const unknown = flags.only.filter(name => !(OPERATIONS as readonly string[]).includes(name));
  if (unknown.length === 0) return OPERATIONS.filter(name => flags.only!.includes(name));
  console.error(`--only must be one of ${OPERATIONS.join(", ")}, received ${unknown.join(", ")}`);
  process.exit(2);
}

/** Additional milliseconds per round trip on the slow line. */
const SLOW_MS = 1;

// Operations that take seconds measure the server, not the line.
const LOCAL_ONLY: readonly OperationName[] = ["insert-100k", "fetch-100k", "fetch-100k-plain"];

/** Undefined without a C compiler, which the line needs. */
async function measureSlowLine(
  admin: SQL,
  url: string,
  scratch: string,
  isCompared = false,
): Promise<TimedRow[] | undefined> {
  if (!hasCompiler()) return undefined;
  const line = await startSlowLine(url, SLOW_MS, scratch);
  const names = selectedOperations().filter(name => !LOCAL_ONLY.includes(name));
  const rows = await measureOnLine(admin, line.url, names, {
    ...amount,
    ...{ rounds: amount.slowRounds, isCompared },
  });
  line.stop();
  return rows;
}

/** Servers on both lines; undefined without wrk, which sends the requests. */
async function measureLoad(admin: SQL, url: string, scratch: string): Promise<Load | undefined> {
  if (!hasWrk()) return undefined;
  const local = await measureServers(admin, url, amount.load);
  if (!amount.hasSlowLoad || !hasCompiler()) return { local, slow: [] };
  const line = await startSlowLine(url, SLOW_MS, scratch);
  const slow = await measureServers(admin, line.url, amount.load);
  line.stop();
  return { local, slow };
}

async function snapshots(url: string): Promise<SnapshotRow[]> {
  const rows: SnapshotRow[] = [];
  for (const snapshot of amount.snapshots) {
    const { tables } = snapshot;
    const admin = new SQL(url, { max: 1 });
    const name = `bench_${tables}_tables`;
    await admin.unsafe(`create database ${name}`);
    const sql = new SQL(url.replace(/[^/]*$/, name), { max: 2 });
    rows.push({ ...(await measureSnapshot(sql, Math.min(tables, amount.maxTables), snapshot)), tables });
    await sql.close({ timeout: 5 });
    await admin.close({ timeout: 5 });
  }
  return rows;
}

async function measureStarts(admin: SQL, url: string, scratch: string): Promise<readonly ProcessRow[]> {
  const snapshot = join(scratch, "snapshot.json");
  await Bun.write(snapshot, JSON.stringify(await loadSchema(admin)));
  const programs = {
    packages: await publishedAdapters(join(scratch, "packages"), buildPackage()),
    bytecode: await bytecodeAdapters(join(scratch, "bytecode")),
  };
  return await measureProcesses(url, programs, snapshot, amount);
}

async function measureEverything(admin: SQL, url: string, scratch: string): Promise<Report> {
  const timed = await measureOnLine(admin, url, OPERATIONS, amount);
  const slow = await measureSlowLine(admin, url, scratch, true);
  const [{ version }] = await admin.unsafe("select current_setting('server_version') as version");
  const load = await measureLoad(admin, url, scratch);
  const amongWork = await measureAmongWork(admin, url, amount);
  const processes = await measureStarts(admin, url, scratch);
  await admin.close({ timeout: 5 });
  const dist = buildPackage();
  return {
    server: `PostgreSQL ${version}`,
    versions: await versions(),
    ...{ timed, slow, load, amongWork, amongWorkRounds: amount.amongWorkRounds },
    perCall: await measurePerCall(url, amount.perCall),
    ownWork: await measureOwnWork(url, amount.ownWork),
    snapshots: await snapshots(url),
    processes,
    sizes: await measureSizes(dist),
    own: await measureOwnSize(dist, amount),
  };
}

async function writeReport(report: Report): Promise<void> {
  const text = markdown(report);
  console.log(text);
  if (out === undefined) return;
  const page = join(out, "benchmarks.md");
  await Bun.write(page, text);
  Bun.spawnSync([process.execPath, "x", "biome", "format", "--write", page], { cwd: ROOT });
  await Bun.write(join(out, "benchmarks.svg"), chart(report.timed));
}

async function bench(url: string, scratch: string): Promise<void> {
  const admin = new SQL(url, { max: 1 });
  await createData(admin);
  if (!flags.check && !flags.start && flags.only === undefined) await createEntries(admin);
  if (flags.server) {
    const load = await measureLoad(admin, url, scratch);
    console.log(load ? loadText(load) : "wrk is not installed");
  } else if (flags["among-work"]) {
    const rows = await measureAmongWork(admin, url, amount);
    console.log(amongWorkTable(rows, amount.amongWorkRounds));
  } else if (flags.start) console.log(startTable(await measureStarts(admin, url, scratch)));
  else if (flags.check) {
    await measureOnLine(admin, url, selectedOperations(), { ...amount, rounds: () => 0 });
    console.log("the libraries return the same results");
  } else if (flags.line === "slow") await measureSlowLine(admin, url, scratch);
  else if (flags.only !== undefined) {
    await measureOnLine(admin, url, selectedOperations(), amount);
    await measureSlowLine(admin, url, scratch);
  } else await writeReport(await measureEverything(admin, url, scratch));
}

const server = await startPostgres({ settings: { synchronous_commit: "off" } });
const scratch = mkdtempSync(join(tmpdir(), "rowfn-bench-"));
try {
  await bench(server.url, scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
  await server.stop();
}
process.exit();
