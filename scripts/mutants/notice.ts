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

// A mutation that most tests reach and none notices would take the whole suite: what is left counts as not noticed.
const TESTS_MS = 90_000;
// Most mutants are noticed by the nearest tests, which are quicker than the check of types.
const RUNS_BEFORE_TYPES = 2;
// The driver's mode rarely matters, and if it does, to tests near the change.
const RUNS_UNPREPARED = 5;

const LEAST_LIMIT_MS = 30_000;

interface Step extends TestRun {
  readonly prepare: "true" | "false";
}

/** The name of the check or test file that notices a mutant, if any does. */
export async function findNotice(
  copy: Copy,
  mutant: Mutant,
  runs: readonly TestRun[],
): Promise<string | undefined> {
  const steps: readonly Step[] = [
    ...runs.map(run => ({ ...run, prepare: "true" as const })),
    ...runs.slice(0, RUNS_UNPREPARED).map(run => ({ ...run, prepare: "false" as const })),
  ];
  await writeSource(copy, mutant, true);
  try {
    const nearest = await findNoticingStep(copy, mutant, steps.slice(0, RUNS_BEFORE_TYPES));
    if (nearest) return nearest.file;
    // Most errors are in src itself, which takes a third of the time.
    if (!(await hasValidTypes(copy, ["src"]))) return TYPES;
    const step = await findNoticingStep(copy, mutant, steps.slice(RUNS_BEFORE_TYPES));
    if (step) return step.file;
    return (await hasValidTypes(copy, [])) ? undefined : TYPES;
  } finally {
    await writeSource(copy, mutant, false);
  }
}

async function hasValidTypes(copy: Copy, directories: readonly string[]): Promise<boolean> {
  return (await runBun(copy.root, ["check", ...directories], copy.env)).passes;
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
  let left = TESTS_MS;
  for (const step of steps) {
    left -= step.milliseconds;
    if (left < 0) return undefined;
    if (await notices(copy, mutant, step)) return step;
  }
  return undefined;
}

/** Whether tests fail with the change alone: not for want of time, nor for want of an earlier test of the file. */
async function notices(copy: Copy, mutant: Mutant, step: Step): Promise<boolean> {
  if (await passes(copy, step)) return false;
  await writeSource(copy, mutant, false);
  const isNoticed = await passes(copy, step);
  await writeSource(copy, mutant, true);
  await copy.dropDatabases();
  if (isNoticed || step.names === undefined) return isNoticed;
  return notices(copy, mutant, { ...step, names: undefined });
}

async function passes(copy: Copy, step: Step): Promise<boolean> {
  const env = { ...copy.env, ROWFN_PREPARE: step.prepare };
  return (await runBun(copy.root, argumentsOf(step), env, LEAST_LIMIT_MS + 5 * step.milliseconds)).passes;
}
