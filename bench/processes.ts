import { join } from "node:path";
import type { AdapterName } from "./adapter.ts";
import { ADAPTERS } from "./adapter.ts";
import type { Amount } from "./amount.ts";
import { median, ratio } from "./measure.ts";

export interface ProcessRow {
  readonly name: AdapterName;
  /** Milliseconds from the start of Bun to the first row. */
  readonly start: number;
  readonly startRatio: number;
  /** The peak memory in megabytes with 100,000 rows. */
  readonly memory: number;
}

interface Finished {
  readonly milliseconds: number;
  readonly lastLine: string;
}

async function child(what: "first" | "memory", ...args: readonly string[]): Promise<Finished> {
  const start = Bun.nanoseconds();
  const spawned = Bun.spawn([process.execPath, join(import.meta.dir, "child.ts"), what, ...args], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const lastLine = (await spawned.stdout.text()).trim().split("\n").at(-1)!;
  if ((await spawned.exited) !== 0) throw new Error(`${args[0]} failed`);
  return { milliseconds: (Bun.nanoseconds() - start) / 1e6, lastLine };
}

export interface Processes {
  readonly rows: readonly ProcessRow[];
  /** The start of rowfn with a snapshot stored in a file. */
  readonly stored: Pick<ProcessRow, "start" | "startRatio">;
}

/** Measures cold start and peak memory, each sample in its own process. `files` are the published adapters. */
export async function measureProcesses(
  url: string,
  files: ReadonlyMap<AdapterName, string>,
  snapshot: string,
  { processRounds: rounds, processWarmUps: warmUps }: Amount,
): Promise<Processes> {
  const starts = new Map<AdapterName, number[]>(ADAPTERS.map(name => [name, []]));
  const memory = new Map<AdapterName, number[]>(ADAPTERS.map(name => [name, []]));
  const stored: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < ADAPTERS.length; turn++) {
      const name = ADAPTERS[(turn + round + warmUps) % ADAPTERS.length]!;
      const { milliseconds } = await child("first", files.get(name)!, url);
      if (round < 0) continue;
      starts.get(name)!.push(milliseconds);
      if (round < 3)
        memory.get(name)!.push(Number((await child("memory", files.get(name)!, url)).lastLine) / 1024);
    }
    const { milliseconds } = await child("first", files.get("rowfn")!, url, snapshot);
    if (round >= 0) stored.push(milliseconds);
  }
  const reference = starts.get(ADAPTERS[0])!;
  const rows = ADAPTERS.map(name => ({
    name,
    start: median(starts.get(name)!),
    startRatio: ratio(starts.get(name)!, reference),
    memory: median(memory.get(name)!),
  }));
  return { rows, stored: { start: median(stored), startRatio: ratio(stored, reference) } };
}
