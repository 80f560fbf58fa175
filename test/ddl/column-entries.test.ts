import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { createTable } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

test("invalid columns and options of a table are rejected with the accepted forms", async () => {
  class Book {
    title = "x";
  }
  const reject = (columns: unknown, options: object = {}): Promise<Error> =>
    failure(createTable(database.sql, schema, "book", columns as never, options));
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
      "book: replace and transform cannot be combined; choose one",
    ],
    [
      reject({ a: "text" }, { allowLoss: true }),
      "book: allowLoss belongs to transform: true; add it or remove allowLoss",
    ],
  ];
  for (const [error, message] of cases) expect((await error).message).toBe(message);
});
