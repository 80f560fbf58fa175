// `bun run coverage`: names the lines of src, without the command and the test server, that no test runs. Fails if fewer than
// 97 % of the lines are run. Lines that only another process runs do not count as run.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../src/testing/index.ts";
import { FEW_RANDOM_CASES, testFileNames } from "../test-files.ts";
import { readCoverage, type UncoveredLine } from "./lcov.ts";

const ROOT = join(import.meta.dir, "../..");
const LEAST_PERCENT = 97;

async function runTests(directory: string): Promise<string> {
  const server = await startPostgres();
  try {
    const options = ["--coverage", "--coverage-reporter=lcov", `--coverage-dir=${directory}`];
    const files = testFileNames(ROOT, []);
    const child = Bun.spawn(
      [process.execPath, "test", "--parallel", "--only-failures", ...options, ...files],
      {
        cwd: ROOT,
        env: { ...process.env, ...FEW_RANDOM_CASES, ROWFN_TEST_URL: server.url, ROWFN_PREPARE: "true" },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    await child.exited;
    return readFileSync(join(directory, "lcov.info"), "utf8");
  } finally {
    await server.stop();
  }
}

function textOf({ file, number }: UncoveredLine): string {
  return readFileSync(join(ROOT, file), "utf8").split("\n")[number - 1]?.trim() ?? "";
}

const directory = mkdtempSync(join(tmpdir(), "rowfn-coverage-"));
try {
  const report = await runTests(directory);
  const { lines, uncovered } = readCoverage(report, file => /^src\/(?!cli\/|testing\/)/.test(file));
  for (const line of uncovered) console.log(`${line.file}:${line.number}  ${textOf(line)}`);
  const percent = (100 * (lines - uncovered.length)) / lines;
  console.log(`${percent.toFixed(2)} % of ${lines} lines are run`);
  process.exitCode = percent < LEAST_PERCENT ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
