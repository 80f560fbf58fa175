import type { SQL } from "bun";
import { ADAPTERS, openAdapter } from "./adapter.ts";
import { type Adapters, measure, median, ratio } from "./measure.ts";
import { loadOperation, noteOf, type Operation, type OperationName } from "./operation.ts";
import { type TimedRow, timedTable } from "./report.ts";
import { requireSameResults } from "./same-results.ts";

/** The number of runs of an operation. */
export interface Repetition {
  readonly rounds: (operation: Operation) => number;
  readonly warmUps: (operation: Operation, rounds: number) => number;
  readonly calls: (operation: Operation) => number;
  /** Whether the results were already compared on a different line. */
  readonly isCompared?: boolean;
}

function adaptersFor(adapters: Adapters, { needs }: Operation): Adapters {
  return new Map([...adapters].filter(([, adapter]) => needs === undefined || adapter[needs] !== undefined));
}

async function openAdapters(url: string): Promise<Adapters> {
  return new Map(
    await Promise.all(ADAPTERS.map(async name => [name, await openAdapter(name, url)] as const)),
  );
}

/**
 * Compares the results of all libraries unless that was done before, and then measures them unless an operation has no
 * rounds.
 */
export async function measureOnLine(
  admin: SQL,
  url: string,
  names: readonly OperationName[],
  repetition: Repetition,
): Promise<TimedRow[]> {
  const adapters = await openAdapters(url);
  const rows = await measureAll(admin, adapters, names, repetition);
  for (const adapter of adapters.values()) await adapter.close();
  return rows;
}

async function measureAll(
  admin: SQL,
  adapters: Adapters,
  names: readonly OperationName[],
  repetition: Repetition,
): Promise<TimedRow[]> {
  const loaded = await Promise.all(names.map(loadOperation));
  const operations = loaded.map(operation => ({ ...operation, calls: repetition.calls(operation) }));
  for (const operation of operations) {
    if (operation.isCheckedElsewhere || repetition.isCompared) continue;
    await requireSameResults(admin, operation.title, operation, adaptersFor(adapters, operation));
  }
  const rows: TimedRow[] = [];
  for (const [index, operation] of operations.entries()) {
    const rounds = repetition.rounds(operation);
    if (rounds === 0) continue;
    const warmUps = repetition.warmUps(loaded[index]!, rounds);
    const samples = await measure(admin, operation, adaptersFor(adapters, operation), rounds, warmUps);
    const reference = samples.get(ADAPTERS[0])!;
    const ratios = new Map([...samples].map(([name, times]) => [name, ratio(times, reference)]));
    const note = await noteOf(names[index]!);
    rows.push({ title: operation.title, rounds, reference: median(reference), ratios, note });
    console.log(timedTable(rows.slice(-1)).split("\n").at(-1));
  }
  return rows;
}
