import { expect, test } from "bun:test";
import { deleteRow, NotFoundError } from "../../src/index.ts";
import { NOTE_ROWS, NOTE_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(NOTE_TABLES, NOTE_ROWS);

test("deleteRow of a row that does not exist throws NotFoundError", async () => {
  await expect(deleteRow(database.sql, schema, "note", 99)).rejects.toThrow(NotFoundError);
  expect(await deleteRow(database.sql, schema, "note", 2, { returning: false })).toBeUndefined();
  expect(await plain("select id from note order by id")).toEqual([[1], [3]]);
});
