import { join } from "node:path";
import type { SQL } from "bun";
import { ADAPTERS, type AdapterName } from "./adapter.ts";
import type { Amount } from "./amount.ts";
import { LIMIT } from "./exact-by-hand.ts";
import { median, ratio } from "./measure.ts";

const CALLS = ["get", "insert", "update", "upsert", "delete"] as const;

/** Single calls of one kind, between which the process does other work. */
export interface AmongWorkRow {
  readonly call: (typeof CALLS)[number];
  /** Milliseconds of the hand-written code. */
  readonly reference: number;
  readonly ratios: ReadonlyMap<AdapterName, number>;
  /** The ratio of rowfn's statements sent by hand. */
  readonly limit: number;
}

type Name = AdapterName | typeof LIMIT;
const NAMES: readonly Name[] = [...ADAPTERS, LIMIT];

interface Worker {
  readonly name: Name;
  /** Makes a call and returns its milliseconds. */
  readonly time: (call: string) => Promise<number>;
  readonly stop: () => Promise<unknown>;
}

function startWorker(name: Name, url: string, callsBefore: number): Worker {
  const program = join(import.meta.dir, "among-work-child.ts");
  const child = Bun.spawn([process.execPath, program, name, url, String(callsBefore)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const answers = child.stdout.getReader();
  const time = async (call: string): Promise<number> => {
    child.stdin.write(`${call}\n`);
    child.stdin.flush();
    const { value } = await answers.read();
    if (value === undefined) throw new Error(`${name}: ${call} failed`);
    return Number(new TextDecoder().decode(value)) / 1e6;
  };
  const stop = (): Promise<unknown> => {
    child.stdin.end();
    return child.exited;
  };
  return { name, time, stop };
}

/** Measures single calls of all libraries, one call of each process at a time. */
export async function measureAmongWork(
  admin: SQL,
  url: string,
  { amongWorkRounds: rounds, amongWorkWarmUps: warmUps, callsBefore }: Amount,
): Promise<AmongWorkRow[]> {
  await admin.unsafe("truncate target");
  const workers = NAMES.map(name => startWorker(name, url, callsBefore));
  const times = new Map(CALLS.map(call => [call, new Map<Name, number[]>()]));
  for (let round = -warmUps; round < rounds; round++)
    for (let turn = 0; turn < workers.length; turn++) {
      const { name, time } = workers[(turn + round + warmUps) % workers.length]!;
      for (const call of CALLS) {
        const spent = await time(call);
        if (round >= 0) append(times.get(call)!, name, spent);
      }
    }
  for (const { stop } of workers) await stop();
  return CALLS.map(call => {
    const own = times.get(call)!;
    const reference = own.get(ADAPTERS[0])!;
    return {
      call,
      reference: median(reference),
      ratios: new Map(ADAPTERS.map(name => [name, ratio(own.get(name)!, reference)])),
      limit: ratio(own.get(LIMIT)!, reference),
    };
  });
}

function append(lists: Map<Name, number[]>, name: Name, value: number): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}
