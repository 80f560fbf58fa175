import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { runExample } from "../support/run-example.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test("the files example imports a valid file, rejects an invalid one with its lines, and exports its rows", async () => {
  expect(await runExample("files/server.ts", database)).toBe(`\
/readings.csv of your database
200 2 rows

422 reading: 2 invalid values; nothing was written
  line 2, degrees: found "warm", expected a number
  line 3, degrees: found 99, expected a value that satisfies degrees <= 60 (constraint reading_degrees_check)

id,taken_at,degrees
1,2026-01-01 00:00:00+00,21.5
2,2026-01-01 01:00:00+00,22

`);
  expect(await database.sql`select degrees from reading order by id`.values()).toEqual([[21.5], [22]]);
});
