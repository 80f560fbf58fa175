import type { SQL } from "bun";
import type { Adapter, AdapterName } from "./adapter.ts";
import type { Operation } from "./operation.ts";

export type Adapters = ReadonlyMap<AdapterName, Adapter>;

/** Milliseconds per call, one number per round. */
export type Samples = ReadonlyMap<AdapterName, readonly number[]>;

// Long calls start with a clean heap. Short calls produce little garbage, and a collection would take longer than the
// call. The times of a single round have no meaning.
async function sample(
  admin: SQL,
  operation: Operation,
  name: AdapterName,
  adapter: Adapter,
  hasOneRound: boolean,
): Promise<number> {
  await operation.before?.(admin);
  if (operation.calls === 1 && !hasOneRound) Bun.gc(true);
  const start = Bun.nanoseconds();
  for (let call = 0; call < operation.calls; call++) await operation.run(adapter, call, name);
  return (Bun.nanoseconds() - start) / 1e6 / operation.calls;
}

/** Runs every adapter once per round, each round starting with the next adapter. Warm-up rounds are not counted. */
export async function measure(
  admin: SQL,
  operation: Operation,
  adapters: Adapters,
  rounds: number,
  warmUps: number,
): Promise<Samples> {
  const names = [...adapters.keys()];
  const samples = new Map<AdapterName, number[]>(names.map(name => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + warmUps) % names.length]!;
      const time = await sample(admin, operation, name, adapters.get(name)!, rounds === 1);
      if (round >= 0) samples.get(name)!.push(time);
    }
  }
  return samples;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of the rounds' ratios to the reference. */
export function ratio(times: readonly number[], reference: readonly number[]): number {
  return median(times.map((time, round) => time / reference[round]!));
}
