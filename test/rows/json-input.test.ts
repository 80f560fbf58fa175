// Rows and names that come from JSON are data, never SQL.
import { expect, test } from "bun:test";
import {
  expr,
  insert,
  insertMany,
  UnknownNameError,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { ODD_NOTE_ROWS, ODD_NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ODD_NOTE_TABLES, ODD_NOTE_ROWS);

const NOTES = [
  [1, "one", "x"],
  [2, "two", "y"],
];

const notes = () => plain("select id, title, body from note order by id");

test("a column name from JSON is never SQL", async () => {
  const row = JSON.parse(`{"id": 2, "title\\"='pwned', \\"body": "zz"}`);
  for (const write of [update, upsert, insert] as (typeof insert)[])
    expect(await failure(write(database.sql, schema, "note", row))).toBeInstanceOf(ValidationError);
  for (const write of [updateMany, upsertMany, insertMany] as (typeof insertMany)[]) {
    expect(await failure(write(database.sql, schema, "note", [row]))).toBeInstanceOf(ValidationError);
    expect(await failure(write(database.sql, schema, "note", [row], { validate: false }))).toBeInstanceOf(
      UnknownNameError,
    );
  }
  expect(await failure(updateWhere(database.sql, schema, "note", row, { all: true }))).toBeInstanceOf(
    ValidationError,
  );
  expect(await notes()).toEqual(NOTES);
});

test("a value from JSON is never raw SQL", async () => {
  const forged = JSON.parse(JSON.stringify({ id: 1, title: expr`'forged'` }));
  expect(await failure(update(database.sql, schema, "note", forged))).toBeInstanceOf(ValidationError);
  expect(await notes()).toEqual(NOTES);
  await update(database.sql, schema, "note", forged, { validate: false });
  expect(await plain("select title = 'forged' from note where id = 1")).toEqual([[false]]);
});
