// `bun run bench` runs once with small tables and is compared with docs/benchmarks.md. It also installs the packages
// that http.ts needs.
import { beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasWrk } from "../../bench/server/under-load.ts";
import { hasCompiler } from "../../bench/slow-line/slow-line.ts";
import { contents } from "../support/benchmark-tables.ts";

const ROOT = join(import.meta.dir, "../..");
const DOCS = join(ROOT, "docs");

interface Report {
  readonly text: string;
  readonly chart: string;
}

const readReport = (directory: string): Report => ({
  text: readFileSync(join(directory, "benchmarks.md"), "utf8"),
  chart: readFileSync(join(directory, "benchmarks.svg"), "utf8"),
});

const committed = readReport(DOCS);
let report: Report;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-bench-"));
  const command = ["bench/run.ts", "--once", "--out", directory];
  const child = Bun.spawn([process.execPath, ...command], {
    cwd: ROOT,
    // Always on the embedded server, like the committed page.
    env: { ...process.env, ROWFN_POSTGRES: undefined },
    stdout: "ignore",
    stderr: "pipe",
  });
  const errors = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(errors);
  report = readReport(directory);
  rmSync(directory, { recursive: true });
}, 900_000);

// These sections need programs that are not on every machine.
const isMeasured = (key: string): boolean =>
  (hasCompiler() || !key.startsWith("## On a line of 1 ms")) &&
  (hasWrk() || !key.startsWith("## Servers under load"));

test("bun run bench has every section, row and column of docs/benchmarks.md", () => {
  const measured = contents(report.text);
  expect(contents(committed.text).size).toBeGreaterThan(250);
  const missing = [...contents(committed.text).keys()].filter(key => isMeasured(key) && !measured.has(key));
  expect(missing).toEqual([]);
});

const labels = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label!);

test("the chart has the same rows and libraries as docs/benchmarks.svg", () => {
  expect(labels(report.chart)).toEqual(labels(committed.chart));
});

// A library that does not support an operation has no number.
test("a cell of docs/benchmarks.md has a number if bun run bench prints one", () => {
  const measured = contents(report.text);
  const different = [...contents(committed.text)].filter(
    ([key, cell]) => measured.has(key) && (cell === "") !== (measured.get(key) === ""),
  );
  expect(different).toEqual([]);
});

/** The sizes in a report, which depend only on the code. */
function sizes({ text }: Report): Map<string, number> {
  const columns = [...contents(text)].filter(
    ([key, cell]) => cell !== "" && /\| (bundle, gzip|installed|packages)$/.test(key),
  );
  const [, alone, withValibot] =
    /contains ([\d.]+) kB of rowfn's code \(gzip\), or\s+([\d.]+) kB including/.exec(text)!;
  return new Map([
    ...columns.map(([key, cell]) => [key, Number.parseFloat(cell)] as const),
    ...Object.entries({ alone, withValibot }).map(([key, size]) => [key, Number(size)] as const),
  ]);
}

test("the sizes in docs/benchmarks.md differ from the current ones by at most a tenth", () => {
  const today = sizes(report);
  const outdated = [...sizes(committed)].filter(
    ([key, size]) => Math.abs(size - today.get(key)!) > size / 10,
  );
  expect(today.size).toBe(26);
  expect(outdated).toEqual([]);
});

/** Measurements that pages mention, with arguments for a short run. */
const MEASUREMENTS: Readonly<Record<string, readonly string[]>> = {
  bulk: ["100", "1"],
  cli: ["100"],
  files: ["100"],
  http: ["1", "16"],
  snapshot: ["5"],
  stream: ["100"],
  "time-per-call": ["--once", "row"],
  validate: ["1"],
};

test.each(Object.entries(MEASUREMENTS))(
  "bun bench/%s.ts prints its measurement",
  async (name, args) => {
    const child = Bun.spawn([process.execPath, join(ROOT, "bench", `${name}.ts`), ...args], {
      env: { ...process.env, ROWFN_BENCH_MAX_ROWS: "300" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect([await child.exited, errors, output]).toEqual([0, "", expect.stringMatching(/\d/)]);
  },
  300_000,
);

// The notes are included in docs/benchmarks.md. The sixty queries are compiled by test/static-types/cost.test.ts.
test("every measurement that a page mentions is run", () => {
  const files = ["docs/*.md", "bench/operations/*.md"].flatMap(glob => [
    ...new Bun.Glob(glob).scanSync(ROOT),
  ]);
  const pages = files.map(file => readFileSync(join(ROOT, file), "utf8"));
  const named = new Set(
    pages.flatMap(page => [...page.matchAll(/bun bench\/([\w-]+)\.ts/g)].map(([, name]) => name!)),
  );
  expect([...named].sort()).toEqual([...Object.keys(MEASUREMENTS), "type-cost"].sort());
});
