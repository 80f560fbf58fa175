import { expect, test } from "bun:test";
import { deleteRow, get, insert, NotFoundError, update } from "../../src/index.ts";
import { recorder } from "../support/recording.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("update sets all columns except the key and returns the stored row", async () => {
  const { sent, onStatement } = recorder();
  const row = await update(
    database.sql,
    schema,
    "note",
    { title: "uno", id: 1, body: null },
    { onStatement },
  );
  expect(sent).toEqual([
    {
      text:
        'UPDATE "public"."note" SET "title" = $1::text::varchar, "body" = NULL WHERE "id" = $2::text::int4 ' +
        'RETURNING "id", "tenant_id", "title", "body", "doc"::text, "tags", "doubled"',
      params: ["uno", "1"],
    },
  ]);
  expect(row).toMatchObject({ id: 1, title: "uno", body: null });
  expect(await plain("select id, title, body from note order by id")).toEqual([
    [1, "uno", null],
    [2, "two", null],
    [3, "theirs", null],
  ]);
});

test("a row that was read can be written back unchanged", async () => {
  const row = (await get(database.sql, schema, "note", 1))!;
  expect(await update(database.sql, schema, "note", row)).toEqual(row);
  await database.sql`insert into numbered (name) values ('n')`;
  expect(await update(database.sql, schema, "numbered", { id: 1, name: "m" })).toEqual({ id: 1, name: "m" });
  await expect(insert(database.sql, schema, "numbered", { id: 5, name: "m" })).rejects.toThrow(
    "GENERATED ALWAYS",
  );
});

test("update without a change reads the row", async () => {
  const { sent, onStatement } = recorder();
  expect(
    await update(database.sql, schema, "note", { id: 1 }, { returning: ["title"], onStatement }),
  ).toEqual({ title: "one" });
  expect(sent[0]?.text).toBe('SELECT "title" FROM "public"."note" WHERE "id" = $1::text::int4');
});

test("update of a row that does not exist throws NotFoundError, and an incomplete key is rejected", async () => {
  await expect(update(database.sql, schema, "note", { id: 99, title: "x" })).rejects.toThrow(NotFoundError);
  await expect(
    update(database.sql, schema, "note", { id: 99, title: "x" }, { returning: false }),
  ).rejects.toThrow(NotFoundError);
  await expect(update(database.sql, schema, "pair", { a: 1, v: 2 })).rejects.toThrow(
    "pair.b: the value is missing; the whole primary key is required",
  );
  await expect(update(database.sql, schema, "keyless", { name: "x" })).rejects.toThrow(
    "keyless has no primary key",
  );
});

test("composite keys are accepted in any property order", async () => {
  expect(await update(database.sql, schema, "pair", { v: 7, a: 1, b: "x" })).toEqual({
    a: 1,
    b: "x",
    c: "2024-01-01",
    v: 7,
  });
  expect(await deleteRow(database.sql, schema, "pair", { a: 2, b: "x" })).toEqual({
    a: 2,
    b: "x",
    c: null,
    v: 6,
  });
  expect(await deleteRow(database.sql, schema, "pair", ["x", 1], { returning: ["v"] })).toEqual({ v: 7 });
  expect(await plain("select * from pair")).toEqual([]);
});
