import { beforeEach, expect, test } from "bun:test";
import { addForeignKey, addForeignKeySql } from "../../src/ddl/index.ts";
import { QueryError, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public cascade; create schema public;
  create table author (id int primary key, name text not null, email text);
  create table book (id int primary key, author_id int, title text not null, pages int);
  insert into author values (1, 'Ann', 'a@x'), (2, 'Bob', null); insert into book values (1, 1, 'One', 10);`;

const { renew, plain } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

test("addForeignKey refers to the primary key and reports rows without a referenced row", async () => {
  expect(addForeignKeySql(schema, "book", "author_id", "author", { onDelete: "cascade" })).toEqual([
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_author_id_fkey" FOREIGN KEY ("author_id") ' +
      'REFERENCES "public"."author" ("id") ON DELETE CASCADE',
  ]);
  await database.sql.unsafe("insert into book values (2, 9, 'Two', 1)");
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  await expect(
    addForeignKey(database.sql, schema, "book", "author_id", "author", { onStatement, timeout: 60_000 }),
  ).rejects.toThrow(QueryError);
  expect(sent).toEqual([...addForeignKeySql(schema, "book", "author_id", "author")]);
  await database.sql.unsafe("delete from book where id = 2");
  const now = await addForeignKey(database.sql, schema, "book", "author_id", "author", {
    onDelete: "cascade",
  });
  expect(addForeignKeySql(now, "book", "author_id", "author")[0]).toContain('"book_author_id_fkey1"');
  await database.sql.unsafe("delete from author where id = 1");
  expect(await plain("select * from book")).toEqual([]);
});
