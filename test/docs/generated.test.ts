import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

const filesIn = (directory: string): string[] =>
  ["*.md", "llms.txt", "reference/*"]
    .flatMap(files => [...new Bun.Glob(files).scanSync(directory)])
    .toSorted();

test("the reference, the generated parts of pages, docs/all.md and docs/llms.txt equal the output of `bun run docs:generate`", async () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-docs-"));
  try {
    const child = Bun.spawn([process.execPath, join(ROOT, "scripts/docs/generate.ts"), directory], {
      stderr: "pipe",
    });
    const errors = await new Response(child.stderr).text();
    expect([await child.exited, errors]).toEqual([0, ""]);
    const written = filesIn(directory);
    expect(filesIn(join(ROOT, "docs"))).toEqual([...written, "README.md"].toSorted());
    const text = (place: string, name: string): string => readFileSync(join(place, name), "utf8");
    const outdated = written.filter(name => text(directory, name) !== text(join(ROOT, "docs"), name));
    expect(outdated).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 600_000);
