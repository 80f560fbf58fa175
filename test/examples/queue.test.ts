import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the queue example ends each of its jobs as it should", async () => {
  const path = join(import.meta.dir, "../../examples/queue.ts");
  const run = Bun.spawn([process.execPath, path], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ]);
  expect([await run.exited, errors]).toEqual([0, ""]);
  expect(output.trim().split("\n").sort()).toEqual([
    "4 tries",
    "ada@example.org: done, try 1",
    "busy@example.org: done, try 2",
    "busy@example.org: retry, try 1",
    "nobody@example.org: failed, try 1",
  ]);
}, 30_000);
