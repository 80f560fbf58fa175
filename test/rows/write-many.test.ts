// Rules that apply to every function for many rows.
import { expect, test } from "bun:test";
import {
  insert,
  insertMany,
  update,
  updateMany,
  upsert,
  upsertMany,
  ValidationError,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ODD_NOTE_ROWS, ODD_NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ODD_NOTE_TABLES, ODD_NOTE_ROWS);

const NOTES = [
  [1, "one", "x"],
  [2, "two", "y"],
];

const notes = () => plain("select id, title, body from note order by id");

test("updateMany and upsertMany leave columns unchanged that a row lacks", async () => {
  await updateMany(database.sql, schema, "note", [
    { id: 1, title: "t" },
    { id: 2, body: "b" },
  ]);
  expect(await notes()).toEqual([
    [1, "t", "x"],
    [2, "two", "b"],
  ]);
  await upsertMany(database.sql, schema, "note", [
    { id: 1, body: "B" },
    { id: 2, title: "T" },
  ]);
  expect(await notes()).toEqual([
    [1, "t", "B"],
    [2, "T", "b"],
  ]);
});

test("insertMany writes the default, never NULL, to a column that a row lacks", async () => {
  await insertMany(database.sql, schema, "note", [{ title: "t" }, { body: "b" }, { made: new Date(0) }]);
  expect(await plain("select title, body, made = '2024-01-01Z' from note where id > 2 order by id")).toEqual([
    ["t", null, true],
    ["untitled", "b", true],
    ["untitled", null, false],
  ]);
});

test("one invalid row among many rolls back all rows", async () => {
  const rows = [
    { id: 1, title: "COMMITTED?" },
    { id: 2, title: null },
    { id: 3, title: "c", body: "d" },
  ];
  for (const write of [updateMany, upsertMany] as (typeof upsertMany)[])
    for (const validate of [true, false])
      expect(await failure(write(database.sql, schema, "note", rows as never, { validate }))).toBeInstanceOf(
        Error,
      );
  expect(await notes()).toEqual(NOTES);
});

test("an empty array and rows that are not plain objects write nothing", async () => {
  const { sent, onStatement } = recorder();
  for (const write of [insertMany, upsertMany] as (typeof upsertMany)[]) {
    expect(await write(database.sql, schema, "note", [], { onStatement })).toBe(0);
    expect(await write(database.sql, schema, "note", new Set<never>(), { onStatement })).toBe(0);
  }
  expect(await updateMany(database.sql, schema, "note", [], { onStatement })).toEqual({
    updated: 0,
    missing: [],
    stale: [],
    suppressed: [],
  });
  class Record {
    title = "of a class";
  }
  for (const row of [null, undefined, 5, "row", [], new Date(), new Map(), new Record()] as never[]) {
    expect(await failure(insert(database.sql, schema, "note", row, { onStatement }))).toBeInstanceOf(
      ValidationError,
    );
    for (const write of [insertMany, upsertMany, updateMany] as (typeof insertMany)[])
      expect(await failure(write(database.sql, schema, "note", [row], { onStatement }))).toBeInstanceOf(
        ValidationError,
      );
  }
  expect(sent).toEqual([]);
  expect(await notes()).toEqual(NOTES);
});

test("no function changes its arguments", async () => {
  const freeze = <Value>(value: Value): Value => Object.freeze(value);
  const rows = freeze([freeze({ id: 1, title: "t" }), freeze({ id: 2, body: "b" })]);
  const options = freeze({ returning: freeze(["id"] as const) });
  await updateMany(database.sql, schema, "note", rows, options);
  await upsertMany(database.sql, schema, "note", rows, options);
  await upsert(database.sql, schema, "note", rows[0]!, options);
  await update(database.sql, schema, "note", rows[0]!, options);
  await insertMany(database.sql, schema, "note", freeze([freeze({ title: "n" })]), options);
  expect(rows).toEqual([
    { id: 1, title: "t" },
    { id: 2, body: "b" },
  ]);
});
