// What `bun run test` shows of the output of `bun test --parallel`: failures and prints, and how far the run is.
// Imports only modules of Bun, because it runs before the install.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const MS_PER_NEW_FILE = 4_000;
const PROGRESS_MS = 20_000;

/** The test files that `bun test` chooses by parts of paths, without those that match a pattern. */
export function testFiles(filters: readonly string[], without: readonly string[]): readonly string[] {
  const files = [...new Bun.Glob("test/**/*.test.ts").scanSync(ROOT)];
  const ignored = without.map(pattern => new Bun.Glob(pattern));
  return files
    .filter(
      file => filters.length === 0 || filters.some(filter => file.includes(filter.replace(/^\.\//, ""))),
    )
    .filter(file => !ignored.some(pattern => pattern.match(file)));
}

/** File → its milliseconds in the last run of these timings; a constant for a file that is new. */
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

/** The first line of a run: how many files, and how long they will take. */
export function estimateText(times: ReadonlyMap<string, number>): string {
  const longest = Math.max(0, ...times.values());
  const expected = Math.max(longest, sum(times.values()) / navigator.hardwareConcurrency);
  return `${times.size} files, about ${minutesText(expected)} minutes`;
}

/** Receives the output of a run line by line. */
export interface Progress {
  readonly line: (line: string) => void;
  readonly end: () => void;
}

// The lines at the beginning and the end of a run.
const SUMMARY = /^(bun test v| *\d+ (pass|fail|skip|todo|expect\(\) calls)$|Ran \d)/;

/** Prints lines other than those of passed tests, each with the name of its file before, and now and then the progress. */
export function newProgress(times: ReadonlyMap<string, number>, print: (text: string) => void): Progress {
  const start = performance.now();
  const total = sum(times.values());
  let finished = 0;
  let done = 0;
  let tests = 0;
  let heading = "";
  let current: string | undefined;
  const report = (): void => {
    const elapsed = performance.now() - start;
    const left = done === 0 ? "" : `, about ${minutesText((elapsed * (total - done)) / done)} left`;
    print(`${finished} of ${times.size} files, ${tests} tests, ${minutesText(elapsed)}${left}`);
  };
  const timer = setInterval(report, PROGRESS_MS);
  timer.unref();
  const finishFile = (next: string | undefined): void => {
    if (current !== undefined) finished++;
    done += times.get(current ?? "") ?? 0;
    current = next;
  };
  const line = (text: string): void => {
    const file = /^(test\/.*\.test\.ts):$/.exec(text)?.[1];
    if (file !== undefined || SUMMARY.test(text)) finishFile(file);
    if (file !== undefined) {
      heading = text;
    } else if (text.startsWith("(pass) ")) {
      tests++;
    } else if (text.trim() !== "") {
      if (heading !== "" && !SUMMARY.test(text)) print(heading);
      heading = "";
      print(text);
    }
  };
  return { line, end: () => clearInterval(timer) };
}
