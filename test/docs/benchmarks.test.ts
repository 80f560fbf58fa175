import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

test("the benchmark's libraries return the same results", async () => {
  const operations = ["get", "filtered", "nested", "insert-1k", "update-one", "upsert-one", "delete-one"];
  const child = Bun.spawn(
    [
      ...[process.execPath, join(ROOT, "bench/run.ts"), "--check"],
      ...operations.flatMap(name => ["--only", name]),
    ],
    { stdout: "pipe", stderr: "pipe" },
  );
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect([await child.exited, output, errors]).toEqual([0, "the libraries return the same results\n", ""]);
}, 300_000);

test("docs/benchmarks.md has a line for every operation", async () => {
  const { OPERATIONS, loadOperation } = await import("../../bench/operation.ts");
  const page = readFileSync(join(ROOT, "docs/benchmarks.md"), "utf8");
  const titles = await Promise.all(OPERATIONS.map(async name => (await loadOperation(name)).title));
  expect(titles.filter(title => !page.includes(`| ${title} `))).toEqual([]);
});
