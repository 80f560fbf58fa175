// The row of `insertMany` that violates a check, identified by the row in the detail of the error.
import { expect, test } from "bun:test";
import { insertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

// The text format of a numeric is not certain, so it matches any text.
const { sql, schema } = await testTables(
  `create table line (a int, b numeric, c int, d numeric, f boolean, e int, check (b <> 7 or d <> 5));
   create table note (doc jsonb check (doc <> 'true'), a int)`,
  "truncate line, note",
);

test.each([
  ["has a different integer between its numerics", { a: 1, b: 7, c: 5, d: 0, f: true, e: 2 }],
  ["has a different first integer", { a: 3, b: 7, c: 8, d: 5.5, f: true, e: 2 }],
  ["has a different last integer", { a: 1, b: 7, c: 8, d: 5.5, f: true, e: 3 }],
  ["has a different boolean", { a: 1, b: 7, c: 8, d: 5.5, f: false, e: 2 }],
])("a row that %s is not reported as the failing row", async (_, other) => {
  const failing = { a: 1, b: 7, c: 8, d: 5, f: true, e: 2 };
  expect(await failure(insertMany(sql, schema, "line", [other, failing]))).toMatchObject({ row: 1 });
  expect(await failure(insertMany(sql, schema, "line", [failing, other]))).toMatchObject({ row: 0 });
});

test("if two rows may be the failing row, neither is reported", async () => {
  const failing = { a: 1, b: 7, c: 8, d: 5, f: true, e: 2 };
  const other = { ...failing, d: 6 };
  expect(await failure(insertMany(sql, schema, "line", [other, failing]))).toMatchObject({ row: undefined });
});

test("a row whose json value is true is reported as the failing row", async () => {
  const rows = [
    { doc: { a: 1 }, a: 1 },
    { doc: true, a: 2 },
    { doc: { a: 1 }, a: 2 },
  ];
  expect(await failure(insertMany(sql, schema, "note", rows))).toMatchObject({ row: undefined });
  expect(await failure(insertMany(sql, schema, "note", rows.slice(0, 2)))).toMatchObject({ row: 1 });
});
