// The expected duration of `bun run test`, and its progress. Imports only modules of Bun, because it runs before the
// install.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const MS_PER_NEW_FILE = 1_000;
const PROGRESS_MS = 20_000;

/** The milliseconds of the slowest files, for the order of the first run. */
export const FIRST_TIMES: string = join(import.meta.dir, "first-times.json");

/** The test files that `bun test` selects by parts of paths, without those that match a pattern. */
export function testFiles(filters: readonly string[], without: readonly string[]): readonly string[] {
  const files = [...new Bun.Glob("test/**/*.test.ts").scanSync(ROOT)];
  const ignored = without.map(pattern => new Bun.Glob(pattern));
  return files
    .filter(
      file => filters.length === 0 || filters.some(filter => file.includes(filter.replace(/^\.\//, ""))),
    )
    .filter(file => !ignored.some(pattern => pattern.match(file)));
}

/** File → its milliseconds in the last run of these timings; a constant for a new file. */
export function expectedTimes(files: readonly string[], timings: string): ReadonlyMap<string, number> {
  const known: Readonly<Record<string, number>> = existsSync(timings)
    ? JSON.parse(readFileSync(timings, "utf8")).files
    : {};
  return new Map(files.map(file => [file, known[file] ?? MS_PER_NEW_FILE]));
}

/** `3:05` for 185,000 milliseconds. */
export function minutesText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

/** The first line of a run: the number of files and the expected duration. */
export function estimateText(times: ReadonlyMap<string, number>, workers: number): string {
  const longest = Math.max(0, ...times.values());
  const expected = Math.max(longest, sum(times.values()) / workers);
  return `${times.size} files, about ${minutesText(expected)} minutes`;
}

/**
 * Prints the progress of a run at intervals, until the returned function is called.
 * @param times file → its expected milliseconds
 * @param finished the path of a file, to which every finished test file appends a line with its path
 * @param print receives a line
 */
export function reportProgress(
  times: ReadonlyMap<string, number>,
  finished: string,
  print: (line: string) => void,
): () => void {
  const start = performance.now();
  const total = sum(times.values());
  const report = (): void => {
    const lines = existsSync(finished) ? readFileSync(finished, "utf8").trim().split("\n") : [];
    const files = [...times.keys()].filter(file => lines.some(line => line.endsWith(`/${file}`)));
    const done = sum(files.map(file => times.get(file)!));
    const elapsed = performance.now() - start;
    const left = done < total / 10 ? "" : `, about ${minutesText((elapsed * (total - done)) / done)} left`;
    print(`${files.length} of ${times.size} files in ${minutesText(elapsed)}${left}`);
  };
  const timer = setInterval(report, PROGRESS_MS);
  return () => clearInterval(timer);
}
