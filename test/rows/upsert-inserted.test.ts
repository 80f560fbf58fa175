// The `inserted` that the upserts report.
import { expect, test } from "bun:test";
import { declare, loadSchema, upsert } from "../../src/index.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { NULLS_NOT_DISTINCT } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema } = await testTables(ITEM_TABLES, ITEM_ROWS);

test("upsert reports whether the row was inserted, also in a partitioned table", async () => {
  const { sent, onStatement } = recorder();
  expect(
    await upsert(
      database.sql,
      schema,
      "item",
      { id: 1, name: "x" },
      { inserted: true, returning: ["name"], onStatement },
    ),
  ).toEqual({
    row: { name: "x" },
    inserted: false,
  });
  const isOld = schema.serverVersionNum >= 180_000 ? '(old."id" IS NULL)' : '("item".xmax = 0)';
  expect(sent[0]?.text).toBe(
    `INSERT INTO "public"."item" ("id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "name", ${isOld} AS "inserted"`,
  );
  expect(await upsert(database.sql, schema, "item", { id: 8 }, { inserted: true, returning: false })).toEqual(
    {
      row: undefined,
      inserted: true,
    },
  );
  for (const [id, inserted] of [
    [5, true],
    [5, false],
  ] as const)
    expect(await upsert(database.sql, schema, "split", { id, note: "n" }, { inserted: true })).toEqual({
      row: { id, note: "n" },
      inserted,
    });
  expect(await upsert(database.sql, schema, "counter", { name: "k" }, { inserted: true })).toEqual({
    row: { id: "1", name: "k", note: null },
    inserted: true,
  });
  expect(
    await upsert(
      database.sql,
      schema,
      "item",
      { id: 1, name: "x" },
      { inserted: true, update: "changed", returning: ["id"] },
    ),
  ).toEqual({
    row: { id: 1 },
    inserted: false,
  });
});

test("an upsert that returns nothing sends one statement", async () => {
  const { sent, onStatement } = recorder();
  const options = { returning: false, update: "changed", onStatement } as const;
  expect(await upsert(database.sql, schema, "item", { id: 90, name: "x" }, options)).toBeUndefined();
  expect(sent).toHaveLength(1);
});

test("NULL in a key whose NULLs are equal, or of a view, does not make an existing row new", async () => {
  const { sql } = database;
  await sql.unsafe(`create table couple (a int, b int, note text, unique ${NULLS_NOT_DISTINCT} (a, b));
    create table parts (a int, b int, note text, unique ${NULLS_NOT_DISTINCT} (a, b)) partition by range (b);
    create table parts_all partition of parts default;
    create view seen as select a, b, note from couple`);
  const later = declare(await loadSchema(sql), { seen: { primaryKey: ["a", "b"] } });
  const keys =
    NULLS_NOT_DISTINCT === ""
      ? [[1, 2]]
      : [
          [1, null],
          [null, null],
          [null, 3],
        ];
  for (const table of ["couple", "parts", "seen"]) {
    await sql.unsafe("truncate couple");
    for (const [a, b] of keys)
      for (const [note, inserted] of [
        ["x", true],
        ["y", false],
        [null, false],
        ["z", false],
      ] as const) {
        const row = { a, b, note };
        expect(await upsert(sql, later, table, row, { key: ["a", "b"], inserted: true })).toEqual({
          row,
          inserted,
        });
      }
  }
});
