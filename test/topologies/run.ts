// `bun run test:topologies`: runs every check on every topology, with servers and poolers that it starts on this host.
// It writes the table of results to docs/topologies.md. Arguments: parts of the ids of topologies; ROWFN_CHECK: a part
// of the names of checks; ROWFN_LOAD_SECONDS: the duration of the load.

import { PGBOUNCER } from "../support/pgbouncer.ts";
import { ALL_CHECKS } from "./checks.ts";
import { DOCUMENT, document } from "./document.ts";
import { runLoad } from "./load.ts";
import { leftOutReason, type Outcome, runChecks } from "./run-checks.ts";
import { startServers } from "./servers.ts";
import { TOPOLOGIES } from "./topologies.ts";
import type { Servers, Topology } from "./topology.ts";

const only = process.env["ROWFN_CHECK"];
const LOAD_SECONDS = Number(process.env["ROWFN_LOAD_SECONDS"] ?? 60);
const EXPECTED_OUTCOMES = TOPOLOGIES.flatMap(topology =>
  ALL_CHECKS.filter(check => leftOutReason(check, topology) === undefined),
).length;
const filters = process.argv.slice(2);
const chosen = TOPOLOGIES.filter(({ id }) => filters.length === 0 || filters.some(part => id.includes(part)));

/** Runs a topology and prints its results; returns undefined if the topology failed as a whole. */
async function outcomesOf(topology: Topology, servers: Servers): Promise<readonly Outcome[] | undefined> {
  const start = performance.now();
  try {
    const opened = await topology.start(servers);
    if (opened === undefined) {
      console.log(`${topology.id}: left out, because a program is not installed`);
      return [];
    }
    const outcomes = await runChecks(topology, opened, only).finally(opened.stop);
    report(topology, outcomes, performance.now() - start);
    return outcomes;
  } catch (error) {
    console.log(`✗ ${topology.id}: ${error instanceof Error ? error.stack : error}`);
    return undefined;
  }
}

function report(topology: Topology, outcomes: readonly Outcome[], ms: number): void {
  const wrong = outcomes.filter(({ isExpected }) => !isExpected);
  console.log(
    `${topology.id}: ${outcomes.length - wrong.length} of ${outcomes.length} checks, ${(ms / 1000).toFixed(1)} s`,
  );
  for (const { check, difference } of wrong)
    console.log(`✗ ${check}\n    ${difference.replaceAll("\n", "\n    ")}`);
}

/** Writes the page of the documentation and the files generated from it, if it has changed. */
async function writeDocument(): Promise<void> {
  const file = Bun.file(DOCUMENT);
  if ((await file.exists()) && (await file.text()) === document()) return;
  await Bun.write(DOCUMENT, document());
  const generate = new URL("../../scripts/docs/generate.ts", import.meta.url).pathname;
  await Bun.spawn([process.execPath, generate], { stdout: "ignore" }).exited;
}

/** Runs the load with many clients; returns the number of failures. */
async function load(servers: Servers): Promise<number> {
  if (PGBOUNCER === undefined) return 0;
  const { description, wrong } = await runLoad(PGBOUNCER, servers, LOAD_SECONDS);
  console.log(description);
  for (const text of wrong.slice(0, 10)) console.log(`✗ ${text}`);
  return wrong.length > 0 ? 1 : 0;
}

async function main(): Promise<void> {
  const servers = await startServers();
  const all: Outcome[] = [];
  let failed = 0;
  try {
    const waiting = [...chosen];
    const worker = async (): Promise<void> => {
      for (let topology = waiting.shift(); topology !== undefined; topology = waiting.shift()) {
        const outcomes = await outcomesOf(topology, servers);
        if (outcomes === undefined) failed++;
        else all.push(...outcomes);
      }
    };
    await Promise.all([worker(), worker()]);
    if (filters.length === 0 && only === undefined) failed += await load(servers);
  } finally {
    await servers.stop();
  }
  const isWhole = all.length === EXPECTED_OUTCOMES;
  const wrong = all.filter(({ isExpected }) => !isExpected).length;
  if (isWhole && wrong + failed === 0) await writeDocument();
  console.log(`\n${all.length - wrong} passed, ${wrong + failed} failed`);
  process.exitCode = wrong + failed > 0 ? 1 : 0;
}

await main();
