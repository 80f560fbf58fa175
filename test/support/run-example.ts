import { expect } from "bun:test";
import { join } from "node:path";
import type { TestDatabase } from "../../src/testing/index.ts";

const EXAMPLES = join(import.meta.dir, "../../examples");

/** The output of an example that runs on a database; the example must succeed and print no error. */
export async function runExample(path: string, { url }: TestDatabase): Promise<string> {
  const example = Bun.spawn([process.execPath, join(EXAMPLES, path)], {
    env: { ...process.env, DATABASE_URL: url },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(example.stdout).text(),
    new Response(example.stderr).text(),
  ]);
  expect([await example.exited, errors]).toEqual([0, ""]);
  return output;
}
