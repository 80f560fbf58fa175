import { ALL_CHECKS } from "./checks.ts";
import type { Check, Opened, Topology, Trait } from "./topology.ts";

/** The outcome of a check on a topology. */
export interface Outcome {
  readonly check: string;
  readonly topology: string;
  /** Whether the result or the error is the expected one in the table of checks. */
  readonly isExpected: boolean;
  /** The expected part of the error message; undefined if the check must succeed. */
  readonly error: string | undefined;
  /** A readable description of the difference; empty if there is none. */
  readonly difference: string;
}

// A check that hangs fails alone, not the whole run.
const LIMIT_MS = 60_000;

/** Runs all checks on a topology, one after another. */
export async function runChecks(
  topology: Topology,
  opened: Opened,
  only: string | undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, check] of ALL_CHECKS.entries()) {
    if (only !== undefined && !check.name.includes(only)) continue;
    if (leftOutReason(check, topology) !== undefined) continue;
    const place = { ...opened, name: `check_${index}`, first: 1_000 * (index + 1) };
    outcomes.push(await outcome(topology, check, () => check.run(place)));
  }
  return outcomes;
}

/** The reason why a check does not run on a topology. */
export function leftOutReason({ leftOut = {} }: Check, { traits }: Topology): string | undefined {
  const trait = (Object.keys(leftOut) as Trait[]).find(name => traits.includes(name));
  return trait && leftOut[trait];
}

/** The expected part of the message of the error with which a check fails on a topology. */
export function expectedError({ fails = {} }: Check, { traits }: Topology): string | undefined {
  const trait = (Object.keys(fails) as Trait[]).find(name => traits.includes(name));
  return trait && fails[trait];
}

async function outcome(topology: Topology, check: Check, run: () => Promise<unknown>): Promise<Outcome> {
  const error = expectedError(check, topology);
  const difference = await differenceOf(run, check.expect, error);
  return {
    ...{ check: check.name, topology: topology.id },
    ...{ isExpected: difference === "", error, difference },
  };
}

async function differenceOf(
  run: () => Promise<unknown>,
  expected: unknown,
  error: string | undefined,
): Promise<string> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error("the check did not end")), LIMIT_MS);
  try {
    const result = await Promise.race([run(), limit.promise]);
    if (error !== undefined) return `no error, but ${Bun.inspect(result)}; expected the error: ${error}`;
    if (Bun.deepEquals(plain(result), expected, true)) return "";
    return `received ${Bun.inspect(result)}; expected ${Bun.inspect(expected)}`;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (error !== undefined && message.includes(error)) return "";
    return error === undefined ? `error: ${message}` : `error: ${message}; expected the error: ${error}`;
  } finally {
    clearTimeout(timer);
  }
}

/** A result without the properties that the driver adds to its arrays. */
function plain(result: unknown): unknown {
  if (Array.isArray(result)) return Array.from(result, plain);
  if (typeof result !== "object" || result === null || result instanceof Date) return result;
  return Object.fromEntries(Object.entries(result).map(([name, value]) => [name, plain(value)]));
}
