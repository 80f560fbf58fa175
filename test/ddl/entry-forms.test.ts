// Rows of a table that was created from a Valibot schema pass this schema.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { addColumn, createTable, dropColumn } from "../../src/ddl/index.ts";
import { get, insert, loadSchema } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  "create table other (id int primary key)",
  "drop table if exists dog",
);

const DOG = v.object({
  id: v.bigint(),
  age: v.pipe(v.number(), v.integer()),
  legs: v.optional(v.pipe(v.number(), v.integer()), 4),
  size: v.picklist([1, 2, 3] as never),
  chip: v.nullable(v.bigint()),
  tags: v.array(v.pipe(v.number(), v.integer())),
  born: v.date(),
  seen: v.pipe(v.string(), v.isoTimestamp()),
  name: v.string(),
});
const dog = {
  ...{ id: 5n, age: 3, legs: 4, size: 2, chip: null, tags: [1, 2], born: new Date(0) },
  ...{ seen: "2026-01-02 03:04:05.123456+00", name: "Rex" },
};
const strings = await loadSchema(sql, { types: { int8: "bigint", timestamptz: "string" } });

describe.each([
  ["default forms", schema],
  ["other forms", strings],
])("with %s", (_, before) => {
  test("a row of the table passes the schema, also after later changes and with the stored snapshot", async () => {
    const made = await createTable(sql, before, "dog", DOG.entries, { primaryKey: ["id"] });
    await insert(sql, made, "dog", dog as never);
    const row = await get(sql, made, "dog", "5" as never);
    expect(v.safeParse(DOG, row).issues).toBeUndefined();
    expect(row).toEqual(dog as never);
    const longer = await addColumn(
      sql,
      made,
      "dog",
      "visits",
      v.optional(v.pipe(v.number(), v.integer()), 0),
    );
    expect(await get(sql, longer, "dog", "5" as never)).toEqual({ ...dog, visits: 0 } as never);
    const shorter = await dropColumn(sql, longer, "dog", "visits");
    expect(await get(sql, shorter, "dog", "5" as never)).toEqual(dog as never);
  });
});
