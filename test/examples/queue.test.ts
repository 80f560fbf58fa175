import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { runExample } from "../support/run-example.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the queue example finishes each of its jobs with the expected status", async () => {
  const output = await runExample("queue/worker.ts", database);
  expect(output.trim().split("\n").sort()).toEqual([
    "4 tries",
    "ada@example.org: done, try 1",
    "busy@example.org: done, try 2",
    "busy@example.org: retry, try 1",
    "nobody@example.org: failed, try 1",
  ]);
});
