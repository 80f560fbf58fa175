import { join } from "node:path";
import type { Copy } from "./copies.ts";
import { type Mutation, mutate } from "./mutations.ts";
import { runBun } from "./run-bun.ts";
import { argumentsOf, type TestRun } from "./test-map.ts";

export interface Mutant {
  readonly id: number;
  readonly file: string;
  /** The text of the file without the change. */
  readonly source: string;
  readonly mutation: Mutation;
}

/** What `findNotice` returns for a mutant whose types are wrong. */
export const TYPES = "bun check";

// Most mutants are noticed by the nearest tests, which are quicker than the check of types.
const TESTS_BEFORE_TYPES_MS = 2000;
// What the nearest tests do not notice, hardly any does: the others are tried after all mutants had their turn.
const NEAREST_TESTS_MS = 15_000;
// A mutation that most tests reach and none notices would take the whole suite: what is left counts as not noticed.
const FURTHER_TESTS_MS = 120_000;
// The driver's mode rarely matters, and if it does, to tests near the change.
const RUNS_UNPREPARED = 5;

const LEAST_LIMIT_MS = 30_000;

interface Step extends TestRun {
  readonly prepare: "true" | "false";
}

/** The check or the test file that notices a mutant, if one of the nearest does. */
export async function findNotice(
  copy: Copy,
  mutant: Mutant,
  runs: readonly TestRun[],
): Promise<string | undefined> {
  const [quickest, others] = split(prepared(runs), TESTS_BEFORE_TYPES_MS);
  const [nearest] = split(others, NEAREST_TESTS_MS);
  return withChange(copy, mutant, async () => {
    const step = await findNoticingStep(copy, mutant, quickest);
    if (step) return step.file;
    if (!(await hasValidTypes(copy, mutant))) return TYPES;
    return (await findNoticingStep(copy, mutant, nearest))?.file;
  });
}

/** The test file that notices a mutant for which `findNotice` found none. */
export async function findLateNotice(
  copy: Copy,
  mutant: Mutant,
  runs: readonly TestRun[],
): Promise<string | undefined> {
  const [, others] = split(prepared(runs), TESTS_BEFORE_TYPES_MS);
  const [, further] = split(others, NEAREST_TESTS_MS);
  const unprepared = runs.slice(0, RUNS_UNPREPARED).map(run => ({ ...run, prepare: "false" as const }));
  const [steps] = split([...unprepared, ...further], FURTHER_TESTS_MS);
  return withChange(copy, mutant, async () => (await findNoticingStep(copy, mutant, steps))?.file);
}

function prepared(runs: readonly TestRun[]): readonly Step[] {
  return runs.map(run => ({ ...run, prepare: "true" as const }));
}

/** The steps that together take at most some time, and those that follow. */
function split(
  steps: readonly Step[],
  milliseconds: number,
): readonly [first: readonly Step[], rest: readonly Step[]] {
  let left = milliseconds;
  const end = steps.findIndex(step => {
    left -= step.milliseconds;
    return left < 0;
  });
  return end < 0 ? [steps, []] : [steps.slice(0, end), steps.slice(end)];
}

async function withChange<Result>(copy: Copy, mutant: Mutant, work: () => Promise<Result>): Promise<Result> {
  await writeSource(copy, mutant, true);
  try {
    return await work();
  } finally {
    await writeSource(copy, mutant, false);
  }
}

// The types of what a file exports are written out, so that an error is in the file itself.
async function hasValidTypes(copy: Copy, { file }: Mutant): Promise<boolean> {
  return (await runBun(copy.root, ["check", "--no-script", file], copy.env)).passes;
}

async function writeSource(copy: Copy, mutant: Mutant, isChanged: boolean): Promise<void> {
  const { file, source, mutation } = mutant;
  await Bun.write(join(copy.root, file), isChanged ? mutate(source, mutation) : source);
}

async function findNoticingStep(
  copy: Copy,
  mutant: Mutant,
  steps: readonly Step[],
): Promise<Step | undefined> {
  for (const step of steps) if (await notices(copy, mutant, step)) return step;
  return undefined;
}

/** Whether tests fail with the change alone: not for want of time, nor for want of an earlier test of the file. */
async function notices(copy: Copy, mutant: Mutant, step: Step): Promise<boolean> {
  const run = await runStep(copy, step);
  if (run.passes) return false;
  await copy.dropDatabases();
  // The whole file passed when its tests were found.
  if (step.names === undefined && !run.isLate) return true;
  await writeSource(copy, mutant, false);
  const isNoticed = (await runStep(copy, step)).passes;
  await writeSource(copy, mutant, true);
  if (isNoticed || step.names === undefined) return isNoticed;
  return notices(copy, mutant, { ...step, names: undefined });
}

interface StepRun {
  readonly passes: boolean;
  /** Whether a test did not end in time. */
  readonly isLate: boolean;
}

async function runStep(copy: Copy, step: Step): Promise<StepRun> {
  const env = { ...copy.env, ROWFN_PREPARE: step.prepare };
  const limit = LEAST_LIMIT_MS + 5 * step.milliseconds;
  const { passes, stderr, milliseconds } = await runBun(copy.root, argumentsOf(step), env, limit);
  return { passes, isLate: milliseconds >= limit || /timed out/.test(stderr) };
}
