import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A test file, how long it takes and the lines that it runs: `src/rows/get.ts` → line numbers. */
export interface TestFile {
  readonly file: string;
  readonly milliseconds: number;
  readonly lines: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Runs every test file by itself with coverage. A file that fails without a change cannot notice one. */
export async function readTestFiles(
  root: string,
  env: Readonly<Record<string, string>>,
  onFile: (name: string, index: number, count: number) => void,
): Promise<readonly TestFile[]> {
  const names = readdirSync(join(root, "test"), { recursive: true })
    .map(name => `test/${name}`)
    .filter(name => name.endsWith(".test.ts") && !/^test\/(cli|testing|packaging|examples)\//.test(name))
    .sort();
  const files: TestFile[] = [];
  for (const [index, name] of names.entries()) {
    onFile(name, index, names.length);
    const file = await readTestFile(root, name, env);
    if (file !== undefined) files.push(file);
    else console.log(`${name} fails without a change and is left out`);
  }
  return files;
}

async function readTestFile(
  root: string,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<TestFile | undefined> {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-coverage-"));
  try {
    const started = performance.now();
    const options = ["--coverage", "--coverage-reporter=lcov", `--coverage-dir=${directory}`];
    const child = Bun.spawn([process.execPath, "test", file, ...options], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "ignore"],
    });
    if ((await child.exited) !== 0) return undefined;
    const report = await Bun.file(join(directory, "lcov.info")).text();
    return { file, milliseconds: performance.now() - started, lines: coveredLines(report) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The lines with a count in an lcov report. */
export function coveredLines(report: string): ReadonlyMap<string, ReadonlySet<number>> {
  const lines = new Map<string, ReadonlySet<number>>();
  for (const record of report.split("end_of_record")) {
    const source = /^SF:(.*)$/m.exec(record)?.[1];
    if (source === undefined) continue;
    const counts = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].filter(([, , count]) => count !== "0");
    lines.set(source, new Set(counts.map(([, line]) => Number(line))));
  }
  return lines;
}

/** The test files that run a line, the quickest first. */
export function testsOf(files: readonly TestFile[], source: string, line: number): readonly string[] {
  return files
    .filter(({ lines }) => lines.get(source)?.has(line))
    .sort((a, b) => a.milliseconds - b.milliseconds)
    .map(({ file }) => file);
}
