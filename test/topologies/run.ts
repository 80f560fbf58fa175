// `bun run test:topologies`: every check on every topology, with servers and poolers that it starts on this host. It
// writes the table of results to docs/topologies.md. Arguments: parts of the ids of topologies; ROWFN_CHECK: a part of the
// names of checks.
import { ALL_CHECKS } from "./checks.ts";
import { DOCUMENT, document } from "./document.ts";
import { type Outcome, runChecks } from "./run-checks.ts";
import { startServers } from "./servers.ts";
import { TOPOLOGIES } from "./topologies.ts";
import type { Servers, Topology } from "./topology.ts";

const only = process.env["ROWFN_CHECK"];
const filters = process.argv.slice(2);
const chosen = TOPOLOGIES.filter(({ id }) => filters.length === 0 || filters.some(part => id.includes(part)));

/** The outcomes of a topology; undefined if a program that it needs is not installed. */
async function runTopology(topology: Topology, servers: Servers): Promise<readonly Outcome[] | undefined> {
  const opened = await topology.start(servers);
  if (opened === undefined) return undefined;
  try {
    return await runChecks(topology, opened, only);
  } finally {
    await opened.stop();
  }
}

function report(topology: Topology, outcomes: readonly Outcome[], ms: number): void {
  const wrong = outcomes.filter(({ isExpected }) => !isExpected);
  console.log(
    `${topology.id}: ${outcomes.length - wrong.length} of ${outcomes.length} checks, ${(ms / 1000).toFixed(1)} s`,
  );
  if (process.env["ROWFN_SLOWEST"])
    for (const { check, milliseconds } of outcomes
      .toSorted((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, 8))
      console.log(`  ${milliseconds.toFixed(0).padStart(6)} ms  ${check}`);
  for (const { check, difference } of wrong)
    console.log(`✗ ${check}\n    ${difference.replaceAll("\n", "\n    ")}`);
}

/** Writes the page of the documentation and what is generated from it, if it has changed. */
async function writeDocument(): Promise<void> {
  if (
    (await Bun.file(DOCUMENT)
      .text()
      .catch(() => "")) === document()
  )
    return;
  await Bun.write(DOCUMENT, document());
  const generate = new URL("../../scripts/docs/generate.ts", import.meta.url).pathname;
  await Bun.spawn([process.execPath, generate], { stdout: "ignore" }).exited;
}

async function main(): Promise<void> {
  const servers = await startServers();
  const all: Outcome[] = [];
  let failed = 0;
  try {
    for (const topology of chosen) {
      const start = performance.now();
      try {
        const outcomes = await runTopology(topology, servers);
        if (outcomes === undefined) {
          console.log(`${topology.id}: left out, because a program is not installed`);
          continue;
        }
        report(topology, outcomes, performance.now() - start);
        all.push(...outcomes);
      } catch (error) {
        failed++;
        console.log(`✗ ${topology.id}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  } finally {
    await servers.stop();
  }
  const isWhole = all.length === TOPOLOGIES.length * ALL_CHECKS.length;
  const wrong = all.filter(({ isExpected }) => !isExpected).length + failed;
  if (isWhole && wrong === 0) await writeDocument();
  console.log(`\n${all.length - wrong + failed} passed, ${wrong} failed`);
  process.exitCode = wrong > 0 ? 1 : 0;
}

await main();
