import { beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import { addColumn, addColumnSql } from "../../src/ddl/index.ts";
import { columnsInfo, loadSchema, rowsWhere, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table author (id int primary key, name text not null, email text);
  create table book (id int primary key, author_id int, title text not null, pages int);
  insert into author values (1, 'Ann', 'a@x'), (2, 'Bob', null); insert into book values (1, 1, 'One', 10);`;

const { renew } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

test("addColumn accepts entries, defaults, checks, foreign keys and comments", async () => {
  const entry = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9));
  expect(addColumnSql(schema, "book", "stars", entry, { default: 5, comment: "Of 9" })).toEqual([
    'ALTER TABLE "public"."book" ADD COLUMN "stars" integer DEFAULT 5 NOT NULL',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_stars_check" CHECK ("stars" >= 0)',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_stars_check1" CHECK ("stars" <= 9)',
    `COMMENT ON COLUMN "public"."book"."stars" IS 'Of 9'`,
  ]);
  const options = { references: { references: "author", onDelete: "setNull" } } as const;
  expect(addColumnSql(schema, "book", "editor", "int", options)).toEqual([
    'ALTER TABLE "public"."book" ADD COLUMN "editor" integer',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_editor_fkey" FOREIGN KEY ("editor") REFERENCES "public"."author" ("id") ON DELETE SET NULL',
  ]);
  let now = await addColumn(database.sql, schema, "book", "stars", entry, { default: 5, comment: "Of 9" });
  now = await addColumn(database.sql, now, "book", "editor", "int", options);
  now = await addColumn(database.sql, now, "book", "sequel", "int", { references: "book" });
  expect(now).toEqual(await loadSchema(database.sql));
  expect(columnsInfo(now, "book")["stars"]?.comment).toBe("Of 9");
  expect(await rowsWhere(database.sql, now, "book")).toEqual([
    { id: 1, author_id: 1, title: "One", pages: 10, stars: 5, editor: null, sequel: null },
  ]);
});

test("addColumn rejects an existing name and an unknown type, and PostgreSQL rejects NOT NULL without a default", async () => {
  expect(() => addColumnSql(schema, "book", "title", "text")).toThrow("book.title already exists");
  expect(() => addColumnSql(schema, "book", "x", "txt")).toThrow('did you mean "text"');
  expect(() => addColumnSql(schema, "book", "x", "int", { default: "a" })).toThrow("book.x, default");
  await expect(addColumn(database.sql, schema, "book", "x", "int not null")).rejects.toThrow(
    "contains null values",
  );
});

test.each<[type: string, value: unknown, sql: string, text: string]>([
  ["float8", -0, "'-0'", "-0"],
  ["real", -0, "'-0'", "-0"],
  ["float8", -0.5, "-0.5", "-0.5"],
  ["numeric", "-0.00", "-0.00", "0.00"],
  ["xid", 4_294_967_295, "'4294967295'", "4294967295"],
  ["cid", 7, "'7'", "7"],
  ["oid", 4_294_967_295, "4294967295", "4294967295"],
])("the default of a column of type %s is the value %p", async (type, value, literal, text) => {
  const [statement] = addColumnSql(schema, "book", "added", type, { default: value });
  expect(statement).toEndWith(` DEFAULT ${literal}`);
  const now = await addColumn(database.sql, schema, "book", "added", type, { default: value });
  expect(now).toEqual(await loadSchema(database.sql));
  expect(await database.sql.unsafe("select added::text from book").values()).toEqual([[text]]);
});
