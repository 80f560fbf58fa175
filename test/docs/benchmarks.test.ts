import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contents } from "../support/benchmark-tables.ts";

const ROOT = join(import.meta.dir, "../..");

test("the rows in README.md equal those in docs/benchmarks.md", () => {
  const results = contents(readFileSync(join(ROOT, "docs/benchmarks.md"), "utf8"));
  const [intro] = results.keys();
  const section = readFileSync(join(ROOT, "README.md"), "utf8")
    .split("## What it costs")[1]!
    .split("\n## ")[0]!;
  const shown = [...contents(section)].filter(([, cell]) => cell !== "");
  expect(shown.length).toBeGreaterThan(30);
  expect(shown.filter(([key, cell]) => results.get(`${intro}${key}`) !== cell)).toEqual([]);
});
