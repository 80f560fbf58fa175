import { join } from "node:path";
import { ADAPTERS, type AdapterName } from "./adapter.ts";
import type { Amount } from "./amount.ts";
import { median, ratio } from "./measure.ts";

/** The files of the adapters. */
export type Programs = ReadonlyMap<AdapterName, string>;

/** The two ways to start a program. */
export interface Ways<Item> {
  /** With the packages as they are published. */
  readonly packages: Item;
  /** As a bundle with bytecode. */
  readonly bytecode: Item;
}

export interface StartTime {
  /** Milliseconds from the start of Bun to the first row. */
  readonly time: number;
  /** The time divided by that of Bun SQL. */
  readonly ratio: number;
}

export interface ProcessRow {
  readonly name: AdapterName;
  /** Whether the program reads its snapshot from a file. */
  readonly isStored: boolean;
  readonly start: Ways<StartTime>;
  /** The peak memory in megabytes with 100,000 rows; undefined if it is in another row. */
  readonly memory: number | undefined;
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

interface Start {
  readonly name: AdapterName;
  readonly isStored: boolean;
  readonly way: keyof Ways<unknown>;
  readonly args: readonly string[];
  readonly samples: number[];
}

function startsOf(url: string, programs: Ways<Programs>, snapshot: string): readonly Start[] {
  const ways = ["packages", "bytecode"] as const;
  return ADAPTERS.flatMap(name =>
    ways.flatMap(way => {
      const args = [programs[way].get(name)!, url];
      const start = { name, isStored: false, way, args, samples: [] };
      if (name !== "rowfn") return [start];
      return [start, { ...start, isStored: true, args: [...args, snapshot], samples: [] }];
    }),
  );
}

/** Measures cold start and peak memory, each sample in its own process. `snapshot` is a file. */
export async function measureProcesses(
  url: string,
  programs: Ways<Programs>,
  snapshot: string,
  { processRounds: rounds, processWarmUps: warmUps }: Amount,
): Promise<readonly ProcessRow[]> {
  const starts = startsOf(url, programs, snapshot);
  for (let round = -warmUps; round < rounds; round++)
    for (let turn = 0; turn < starts.length; turn++) {
      const { args, samples } = starts[(turn + round + warmUps) % starts.length]!;
      const { milliseconds } = await child("first", ...args);
      if (round >= 0) samples.push(milliseconds);
    }
  const memory = await measureMemory(url, programs.packages, Math.min(rounds, 3));
  return starts
    .filter(({ way }) => way === "packages")
    .map(({ name, isStored }) => ({
      ...{ name, isStored },
      start: {
        packages: startTime(starts, name, isStored, "packages"),
        bytecode: startTime(starts, name, isStored, "bytecode"),
      },
      memory: isStored ? undefined : memory.get(name)!,
    }));
}

function startTime(
  starts: readonly Start[],
  name: AdapterName,
  isStored: boolean,
  way: Start["way"],
): StartTime {
  const ofWay = starts.filter(one => one.way === way);
  const { samples } = ofWay.find(one => one.name === name && one.isStored === isStored)!;
  return { time: median(samples), ratio: ratio(samples, ofWay[0]!.samples) };
}

async function measureMemory(
  url: string,
  programs: Programs,
  rounds: number,
): Promise<ReadonlyMap<AdapterName, number>> {
  const memory = new Map<AdapterName, number>();
  for (const name of ADAPTERS) {
    const samples: number[] = [];
    while (samples.length < rounds)
      samples.push(Number((await child("memory", programs.get(name)!, url)).lastLine) / 1024);
    memory.set(name, median(samples));
  }
  return memory;
}
