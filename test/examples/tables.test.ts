import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the tables example makes a library, shows the DDL and reads it back", async () => {
  const path = join(import.meta.dir, "../../examples/tables/tables.ts");
  const example = Bun.spawn([process.execPath, path], {
    env: { ...process.env, DATABASE_URL: database.url },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(example.stdout).text(),
    new Response(example.stderr).text(),
  ]);
  expect([await example.exited, errors]).toEqual([0, ""]);
  for (const part of ['CREATE TYPE "public"."binding"', 'CREATE TABLE "public"."book"', 'DROP COLUMN "city"'])
    expect(output).toContain(part);
  expect(JSON.parse(output.slice(output.indexOf("\n[")))).toEqual([
    { name: "Ann", loan: [{ due_on: "2026-12-24", book: { title: "The Cat", binding: "paper" } }] },
    { name: "Bob", loan: [] },
    { name: "Cid", loan: [] },
  ]);
  expect(await database.sql`select name, town_id from reader order by name`.values()).toHaveLength(3);
}, 30_000);
