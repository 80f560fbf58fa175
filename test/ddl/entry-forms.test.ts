// Rows of a table that was made from a valibot schema pass the schema; other forms are rejected.
import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { addColumn, createTable, dropColumn } from "../../src/ddl/index.ts";
import { get, insert, loadSchema } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
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

test("an invalid column entry is rejected with the accepted forms", async () => {
  class Book {
    title = "x";
  }
  const reject = (columns: unknown, options: object = {}): Promise<Error> =>
    failure(createTable(sql, schema, "book", columns as never, options));
  const cases: readonly [Promise<Error>, string][] = [
    [
      reject(Book),
      "book: columns must be an object { column: type }, received a function or class; pass a valibot schema or type names",
    ],
    [
      reject(new Map([["title", "text"]])),
      "book: columns must be an object { column: type }, received a Map; pass Object.fromEntries(map)",
    ],
    [
      reject(new Book()),
      "columns must be a plain object, received an instance of Book; spread an instance: { ...instance }",
    ],
    [reject(v.string()), "book: columns must be a valibot schema of an object, received v.string"],
    [
      reject(
        v.pipe(
          v.object({ a: v.string() }),
          v.transform(({ a }) => a),
        ),
      ),
      "book: the schema transforms its rows; pass the schema of the stored rows",
    ],
    [
      reject({ a: "text" }, { transform: true, replace: true }),
      "book: replace and transform exclude each other; give one of them",
    ],
    [
      reject({ a: "text" }, { allowLoss: true }),
      "book: allowLoss belongs to transform: true; add it or remove allowLoss",
    ],
  ];
  for (const [error, message] of cases) expect((await error).message).toBe(message);
});
