import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { runExample } from "../support/run-example.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the tables example creates a library, prints the DDL and reads the rows back", async () => {
  const output = await runExample("tables/tables.ts", database);
  for (const part of ['CREATE TYPE "public"."binding"', 'CREATE TABLE "public"."book"', 'DROP COLUMN "city"'])
    expect(output).toContain(part);
  expect(JSON.parse(output.slice(output.indexOf("\n[")))).toEqual([
    { name: "Ann", loan: [{ due_on: "2026-12-24", book: { title: "The Cat", binding: "paper" } }] },
    { name: "Bob", loan: [] },
    { name: "Cid", loan: [] },
  ]);
  expect(await database.sql`select name, town_id from reader order by name`.values()).toHaveLength(3);
});
