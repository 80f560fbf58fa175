// The content of an error that a written value causes.
import { expect, test } from "bun:test";
import { insert, insertMany, loadSchema, QueryError } from "../../src/index.ts";
import { ODD_NOTE_ROWS, ODD_NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ODD_NOTE_TABLES, ODD_NOTE_ROWS);

test("an error that a value causes contains the statement and the caller's stack, but no value", async () => {
  const row = { id: "s3cret" as never };
  let error = new QueryError("", { sqlstate: "", text: "", cause: undefined });
  try {
    await insert(database.sql, schema, "note", row, { validate: false });
  } catch (reason) {
    error = reason as QueryError;
  }
  expect(error.message).toBe(
    'note.id: invalid input syntax for type integer [22P02]\n  in: INSERT INTO "public"."note" ("id") VALUES ($1::text::int4) RETURNING "id", "title", "body", "made"',
  );
  expect(error.text).toStartWith("INSERT INTO");
  expect(error.stack).toContain("error-detail.test.ts");
});

test("the stack of an error in many rows points to the caller", async () => {
  const taken = [{ id: 7 }, { id: 1 }];
  const mixed = [...taken, { title: "t" }];
  for (const rows of [taken, mixed]) {
    let error: Error | undefined;
    try {
      await insertMany(database.sql, schema, "note", rows);
    } catch (reason) {
      error = reason as Error;
    }
    expect(error?.stack).toContain("error-detail.test.ts");
  }
});

test("the message of a duplicate key has the value of a column with a quotation mark in its name", async () => {
  await database.sql.unsafe('create table quoted (id int primary key, "q""q" text unique)');
  const loaded = await loadSchema(database.sql);
  await insert(database.sql, loaded, "quoted", { id: 1, 'q"q': "a" });
  await expect(insert(database.sql, loaded, "quoted", { id: 2, 'q"q': "a" })).rejects.toThrow(
    'quoted.q"q: "a" is already taken [23505, quoted_q"q_key]',
  );
});
