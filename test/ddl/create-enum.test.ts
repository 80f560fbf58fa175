import { beforeEach, expect, test } from "bun:test";
import {
  addEnumValue,
  addEnumValueSql,
  createEnum,
  createEnumSql,
  createTable,
} from "../../src/ddl/index.ts";
import { insert, type SchemaSnapshot } from "../../src/index.ts";
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

test("a label is added before or after an existing one, not both", async () => {
  const now = await createEnum(database.sql, schema, "mood", ["sad", "happy"]);
  expect(() => addEnumValueSql(now, "mood", "ok", { before: "happy", after: "sad" })).toThrow(
    "mood: before and after cannot be combined; choose one",
  );
});

test("createEnum creates an enum, columns use it by name, and new labels are added in the requested position", async () => {
  expect(createEnumSql(schema, "mood", ["sad", "it's"], { comment: "Of people" })).toEqual([
    `CREATE TYPE "public"."mood" AS ENUM ('sad', 'it''s')`,
    `COMMENT ON TYPE "public"."mood" IS 'Of people'`,
  ]);
  let now = await createEnum(database.sql, schema, "mood", ["sad", "happy"], { comment: "Of people" });
  now = await createTable(
    database.sql,
    now,
    "person",
    { mood: "mood not null" },
    { defaults: { mood: "sad" } },
  );
  expect(addEnumValueSql(now, "mood", "ok", { before: "happy" })).toEqual([
    `ALTER TYPE "public"."mood" ADD VALUE 'ok' BEFORE 'happy'`,
  ]);
  now = await addEnumValue(database.sql, now, "mood", "ok", { before: "happy" });
  now = await addEnumValue(database.sql, now, "public.mood", "great");
  now = await addEnumValue(database.sql, now, "mood", "meh", { after: "sad" });
  expect(now.types["public.mood"]).toMatchObject({ labels: ["sad", "meh", "ok", "happy", "great"] });
  expect(await insert(database.sql, now, "person", { mood: "meh" })).toEqual({ id: "1", mood: "meh" });
  expect(() => addEnumValueSql(now, "mood", "ok")).toThrow('mood: label "ok" already exists');
  expect(() => addEnumValueSql(now, "mood", "x", { before: "okay" })).toThrow(
    'mood has no label "okay"; did you mean "ok"',
  );
  expect(() => addEnumValueSql(now, "moood", "x")).toThrow(
    'enum "moood" does not exist; did you mean "mood"',
  );
  expect(() => createEnumSql(now, "mood", ["a"])).toThrow('type "mood" already exists');
  expect(() => createEnumSql(now, "m", ["a", "a"])).toThrow('m: label "a" appears twice');
});
