// Invalid input for functions that write many rows, and the text of their statements.
import { expect, test } from "bun:test";
import { ArgumentError, expr, insertMany, updateMany, upsertMany } from "../../src/index.ts";
import { upsertManySql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ITEM_TABLES, ITEM_ROWS);

test("raw SQL and undefined values are rejected in many rows, even with validate: false", async () => {
  for (const name of [expr`now()`, undefined]) {
    const rows = [
      { id: 7, name: "a" },
      { id: 8, name },
    ];
    for (const write of [insertMany, upsertMany, updateMany] as (typeof insertMany)[])
      expect(await failure(write(database.sql, schema, "item", rows, { validate: false }))).toEqual(
        new ArgumentError(
          `item.name, rows[1]: ${name === undefined ? "the value is missing" : "functions that write many rows do not accept raw SQL; use updateWhere, or a function that writes one row"}`,
        ),
      );
  }
  expect(await plain("select count(*)::int from item")).toEqual([[3]]);
});

test.each([[5], [null], [new Map([["id", 7]])], [[]]])(
  "%p is not a row, even with validate: false; it was stored as a row of defaults",
  async row => {
    for (const write of [insertMany, upsertMany] as (typeof insertMany)[])
      for (const rows of [[{ id: 7, name: "a" }, row], new Set([{ id: 7, name: "a" }, row])])
        expect(
          (await failure(write(database.sql, schema, "item", rows as never, { validate: false }))).message,
        ).toStartWith("item: rows[1] must be a plain object, received ");
    expect(await plain("select count(*)::int from item")).toEqual([[3]]);
  },
);

test("upsertMany names the row without its key, and the row without a column of update, before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const rows = [
    { id: 7, name: "a", code: "c" },
    { id: 8, name: "b", code: "d" },
    { id: 9, name: "c" },
  ];
  expect(
    await failure(upsertMany(database.sql, schema, "item", rows, { key: ["code"], onStatement })),
  ).toEqual(new ArgumentError("item, rows[2]: the row has no code; the whole conflict key is required"));
  expect(
    await failure(upsertMany(database.sql, schema, "item", rows, { update: ["code"], onStatement })),
  ).toEqual(
    new ArgumentError("item.code, rows[2]: the row has no value; add one, or remove the column from update"),
  );
  expect(sent).toEqual([]);
});

test("the SQL text of the builders", () => {
  expect(
    upsertManySql(schema, "pair", [{ a: 1, b: "x", note: null }], { update: "nothing", returning: true })
      .text,
  ).toBe(
    'WITH "written" AS (INSERT INTO "public"."pair" ("a", "b", "note") SELECT "c1"::int4, "c2"::text, "c3"::text FROM ' +
      'unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "c3", "n") ' +
      'ORDER BY 2, 1 ON CONFLICT ("b", "a") DO NOTHING RETURNING "a", "b", "note") ' +
      'SELECT "written"."a", "written"."b", "written"."note" FROM "written" LEFT JOIN ' +
      'unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS "rows" ("c1", "c2", "c3", "n") ' +
      'ON "written"."a" = "rows"."c1"::int4 AND "written"."b" = "rows"."c2"::text ORDER BY "rows"."n"',
  );
});
