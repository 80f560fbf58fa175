// `updateWhere` and `deleteWhere`.
import { expect, test } from "bun:test";
import { deleteWhere, gt, updateWhere } from "../../src/index.ts";
import { recorder } from "../support/recording.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("updateWhere and deleteWhere return the changed rows or their number", async () => {
  const changed = await updateWhere(
    database.sql,
    schema,
    "note",
    { body: "z" },
    { where: { id: gt(1) }, returning: ["id", "body"] },
  );
  expect(changed.map(row => row["id"])).toEqual([2, 3]);
  expect(
    await updateWhere(
      database.sql,
      schema,
      "note",
      { body: "y" },
      { where: { id: gt(9) }, returning: false },
    ),
  ).toBe(0);
  expect(await deleteWhere(database.sql, schema, "note", { where: { body: "z" }, returning: false })).toBe(2);
  expect(await plain("select id, body from note")).toEqual([[1, "x"]]);
});

test("updateWhere and deleteWhere return no rows by default", async () => {
  const { sent, onStatement } = recorder();
  const options = { where: { id: 2 }, onStatement };
  expect(await updateWhere(database.sql, schema, "note", { body: "z" }, options)).toBe(1);
  expect(await plain("select body from note where id = 2")).toEqual([["z"]]);
  expect(await deleteWhere(database.sql, schema, "note", options)).toBe(1);
  expect(await plain("select id from note order by id")).toEqual([[1], [3]]);
  expect(sent).toEqual([
    {
      text: 'UPDATE "public"."note" SET "body" = $1::text WHERE "id" = $2::text::int4',
      params: ["z", "2"],
    },
    { text: 'DELETE FROM "public"."note" WHERE "id" = $1::text::int4', params: ["2"] },
  ]);
});

test("an empty filter is rejected without all: true", async () => {
  const { sql } = database;
  for (const filter of [{}, { where: {} }, { where: undefined as never }]) {
    await expect(deleteWhere(sql, schema, "note", filter)).rejects.toThrow(
      "note: the filter is empty and would affect every row; pass all: true to allow that",
    );
    await expect(updateWhere(sql, schema, "note", { body: "x" }, filter)).rejects.toThrow("all: true");
  }
  expect(await deleteWhere(sql, schema, "note", { all: true, returning: false })).toBe(3);
});

test("updateWhere rejects impossible changes before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const options = { all: true, onStatement };
  await expect(updateWhere(database.sql, schema, "note", {}, options)).rejects.toThrow("at least one column");
  await expect(updateWhere(database.sql, schema, "note", { doubled: 1 }, options)).rejects.toThrow(
    "the column is generated",
  );
  await expect(updateWhere(database.sql, schema, "pair", { v: 100 }, options)).rejects.toThrow(
    "pair_v_check",
  );
  expect(sent).toEqual([]);
});
