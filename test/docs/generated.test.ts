import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

function filesIn(directory: string): Record<string, string> {
  const names = [
    "all.md",
    "llms.txt",
    ...readdirSync(directory).filter(name => name.startsWith("from-")),
    ...readdirSync(join(directory, "reference")).map(name => `reference/${name}`),
  ];
  return Object.fromEntries(names.map(name => [name, readFileSync(join(directory, name), "utf8")]));
}

test("docs/reference, docs/all.md and docs/llms.txt are those that `bun run docs:generate` writes", async () => {
  const directory = mkdtempSync(join(tmpdir(), "rowfn-docs-"));
  try {
    const child = Bun.spawn([process.execPath, join(ROOT, "scripts/docs/generate.ts"), directory], {
      stderr: "pipe",
    });
    const errors = await new Response(child.stderr).text();
    expect([await child.exited, errors]).toEqual([0, ""]);
    const written = filesIn(directory);
    const stored = filesIn(join(ROOT, "docs"));
    expect(Object.keys(stored)).toEqual(Object.keys(written));
    for (const [name, text] of Object.entries(written))
      expect([name, text === stored[name]]).toEqual([name, true]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
