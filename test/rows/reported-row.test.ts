// The row of `insertMany` that violates a check, known by the row in the detail of the error.
import { expect, test } from "bun:test";
import { insertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

// The texts of the numerics are not certain, so they match anything.
const { sql, schema } = await testTables(
  "create table line (a int, b numeric, c int, d numeric, e int, check (b <> 7 or d <> 5))",
  "truncate line",
);

test.each([
  ["has a different integer between its numerics", { a: 1, b: 7, c: 5, d: 0, e: 2 }],
  ["has a different first integer", { a: 3, b: 7, c: 8, d: 5.5, e: 2 }],
  ["has a different last integer", { a: 1, b: 7, c: 8, d: 5.5, e: 3 }],
])("a row that %s is not taken for the failing one", async (_, other) => {
  const failing = { a: 1, b: 7, c: 8, d: 5, e: 2 };
  expect(await failure(insertMany(sql, schema, "line", [other, failing]))).toMatchObject({ row: 1 });
  expect(await failure(insertMany(sql, schema, "line", [failing, other]))).toMatchObject({ row: 0 });
});

test("of two rows that can be the failing one none is named", async () => {
  const failing = { a: 1, b: 7, c: 8, d: 5, e: 2 };
  const other = { ...failing, d: 6 };
  expect(await failure(insertMany(sql, schema, "line", [other, failing]))).toMatchObject({ row: undefined });
});
