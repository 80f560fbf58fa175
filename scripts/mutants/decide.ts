// Decides which mutants are noticed, and reports each.
import type { Copy } from "./copies.ts";
import equivalent from "./equivalent.json" with { type: "json" };
import { findLateNotice, findNotice, type Mutant, TYPES } from "./notice.ts";
import { runsOf, type TestFile } from "./test-map.ts";

/** Works on a list with one worker per copy, each member in turn. */
export async function share<Member>(
  list: readonly Member[],
  copies: readonly Copy[],
  work: (member: Member, copy: Copy) => Promise<void>,
): Promise<void> {
  const rest = list.values();
  await Promise.all(
    copies.map(async copy => {
      for (const member of rest) await work(member, copy);
    }),
  );
}

/** The text that a mutant replaces. */
export function textBefore({ source, mutation }: Mutant): string {
  return source.slice(mutation.start, mutation.end);
}

interface Equivalent {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** The text that ends with `before`, if not every such change of the file is meant. */
  readonly place?: string;
  /** Why nobody can see the difference. */
  readonly reason: string;
}

function isEquivalent(mutant: Mutant): boolean {
  const { file, source, mutation } = mutant;
  const known: readonly Equivalent[] = equivalent;
  return known.some(
    ({ place = "", ...one }) =>
      one.file === file &&
      one.before === textBefore(mutant) &&
      one.after === mutation.replacement &&
      source.slice(0, mutation.end).endsWith(place),
  );
}

interface Counts {
  types: number;
  tests: number;
  equivalent: number;
  survivors: number;
}

/** Reports each mutant as it is decided, with the share that was noticed so far; returns the shares of all. */
export async function decideAll(
  mutants: readonly Mutant[],
  tests: readonly TestFile[],
  copies: readonly Copy[],
  report: (line: string) => void,
): Promise<string> {
  const counts: Counts = { types: 0, tests: 0, equivalent: 0, survivors: 0 };
  const late: Mutant[] = [];
  await share(mutants, copies, async (mutant, copy) => {
    const line = await decide(mutant, tests, copy, counts, findNotice);
    if (line === undefined) late.push(mutant);
    report(
      `[${sharesOf(counts)}] ${line ?? `${placeOf(mutant)} not noticed by the nearest tests\n${changeOf(mutant)}`}`,
    );
  });
  await share(late, copies, async (mutant, copy) => {
    const line = await decide(mutant, tests, copy, counts, findLateNotice);
    if (line === undefined) counts.survivors++;
    report(`[${sharesOf(counts)}] ${line ?? `SURVIVED ${placeOf(mutant)}\n${changeOf(mutant)}`}`);
  });
  return `${sharesOf(counts)}: ${JSON.stringify(counts)}`;
}

/** What is to be reported of a mutant; undefined if nothing notices it. */
async function decide(
  mutant: Mutant,
  tests: readonly TestFile[],
  copy: Copy,
  counts: Counts,
  find: typeof findNotice,
): Promise<string | undefined> {
  if (isEquivalent(mutant)) {
    counts.equivalent++;
    return `${placeOf(mutant)} is equivalent`;
  }
  const notice = await find(copy, mutant, runsOf(tests, mutant.file, mutant.id));
  if (notice === undefined) return undefined;
  counts[notice === TYPES ? "types" : "tests"]++;
  return `${placeOf(mutant)} noticed by ${notice}`;
}

function placeOf({ file, mutation }: Mutant): string {
  return `${file}:${mutation.line}`;
}

function changeOf(mutant: Mutant): string {
  return `  ${textBefore(mutant)}\n  → ${mutant.mutation.replacement}`;
}

function sharesOf({ types, tests, equivalent, survivors }: Counts): string {
  const noticed = types + tests + equivalent;
  const percent = Math.round((1000 * noticed) / Math.max(1, noticed + survivors)) / 10;
  return `${noticed + survivors} mutants, ${percent} % noticed or equivalent`;
}
