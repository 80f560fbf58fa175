// `bun run coverage`: the lines of src, without the command and the test server, that no test runs. Fails if fewer than 97 % of
// the lines are run, or if a line that is not run is missing in uncovered.json. See CONTRIBUTING.md.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../src/testing/index.ts";
import { readCoverage, type UncoveredLine } from "./lcov.ts";
import known from "./uncovered.json" with { type: "json" };

const ROOT = join(import.meta.dir, "../..");
const LEAST_PERCENT = 97;

async function runTests(directory: string): Promise<string> {
  const server = await startPostgres();
  try {
    const options = ["--coverage", "--coverage-reporter=lcov", `--coverage-dir=${directory}`];
    const child = Bun.spawn([process.execPath, "test", "--parallel", "--only-failures", ...options], {
      cwd: ROOT,
      env: { ...process.env, ROWFN_TEST_URL: server.url, ROWFN_PREPARE: "true" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    await child.exited;
    return readFileSync(join(directory, "lcov.info"), "utf8");
  } finally {
    await server.stop();
  }
}

function textOf({ file, number }: UncoveredLine): string {
  return readFileSync(join(ROOT, file), "utf8").split("\n")[number - 1]!.trim();
}

/** Uncovered lines by file and text. Why nothing runs them is in the list. */
const listed: Readonly<Record<string, { readonly reason: string; readonly lines: readonly string[] }>> =
  known;

const directory = mkdtempSync(join(tmpdir(), "rowfn-coverage-"));
try {
  const report = await runTests(directory);
  const { lines, uncovered } = readCoverage(report, file => /^src\/(?!cli\/|testing\/)/.test(file));
  const unlisted = uncovered.filter(line => !listed[line.file]?.lines.includes(textOf(line)));
  for (const line of unlisted) console.log(`not run: ${line.file}:${line.number}  ${textOf(line)}`);
  const percent = (100 * (lines - uncovered.length)) / lines;
  console.log(
    `${percent.toFixed(2)} % of ${lines} lines; ${unlisted.length} of ${uncovered.length} not listed`,
  );
  process.exitCode = percent < LEAST_PERCENT || unlisted.length > 0 ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
