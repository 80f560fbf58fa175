import { beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import {
  addColumn,
  addColumnSql,
  addEnumValue,
  addEnumValueSql,
  addForeignKey,
  addForeignKeySql,
  createEnum,
  createEnumSql,
  createIndex,
  createIndexSql,
  createTable,
  createTableSql,
  createView,
  createViewSql,
  dropIndex,
  dropIndexSql,
  dropView,
  dropViewSql,
  duplicateTable,
  duplicateTableSql,
  extractSql,
  missingForeignKeyIndexes,
  refreshView,
  refreshViewSql,
} from "../../src/ddl/index.ts";
import {
  ConstraintError,
  columnsInfo,
  desc,
  expr,
  insert,
  loadSchema,
  QueryError,
  rowsWhere,
  type SchemaSnapshot,
  table,
  viewNames,
} from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";
import { isServer } from "../support/server-version.ts";

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
const indexes = (): Promise<unknown[][]> =>
  plain("select indexdef from pg_indexes where schemaname = 'public' and indexname !~ 'pkey' order by 1");

test("addColumn takes entries, defaults, checks, foreign keys and comments", async () => {
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

test("addColumn refuses a name that is taken and a type that is not there, and PostgreSQL a NOT NULL without default", async () => {
  expect(() => addColumnSql(schema, "book", "title", "text")).toThrow("book.title already exists");
  expect(() => addColumnSql(schema, "book", "x", "txt")).toThrow('did you mean "text"');
  expect(() => addColumnSql(schema, "book", "x", "int", { default: "a" })).toThrow("book.x: the default");
  await expect(addColumn(database.sql, schema, "book", "x", "int not null")).rejects.toThrow(
    "contains null values",
  );
});

test("addForeignKey refers to the primary key, and finds rows that refer to nothing", async () => {
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

test("createIndex knows order, expressions, operator classes, where, include, methods and unique", async () => {
  const made: readonly (readonly [Parameters<typeof createIndexSql>, string])[] = [
    [[schema, "book", "title"], 'CREATE INDEX "book_title_idx" ON "public"."book" ("title")'],
    [
      [schema, "book", ["author_id", desc("pages", { nulls: "last" })], { where: expr`pages > ${5}` }],
      'CREATE INDEX "book_author_id_pages_idx" ON "public"."book" ("author_id", "pages" DESC NULLS LAST) WHERE pages > \'5\'',
    ],
    [
      [schema, "author", expr`lower(email)`, { unique: true, name: "by_email", include: ["name"] }],
      'CREATE UNIQUE INDEX "by_email" ON "public"."author" ((lower(email))) INCLUDE ("name")',
    ],
    [
      [schema, "author", { key: "name", operatorClass: "text_pattern_ops" }, { method: "btree" }],
      'CREATE INDEX "author_name_idx" ON "public"."author" ("name" text_pattern_ops)',
    ],
    [
      [schema, "author", "email", { unique: true, nullsNotDistinct: isServer(15) }],
      `CREATE UNIQUE INDEX "author_email_idx" ON "public"."author" ("email")${isServer(15) ? " NULLS NOT DISTINCT" : ""}`,
    ],
    [
      [schema, "book", "author_id", { method: "hash" }],
      'CREATE INDEX "book_author_id_idx" ON "public"."book" USING "hash" ("author_id")',
    ],
  ];
  let now = schema;
  for (const [args, text] of made) {
    expect(createIndexSql(...args)).toEqual([text]);
    const [, name, columns, options] = args;
    now = await createIndex(database.sql, now, name, columns, options);
  }
  expect(now).toEqual(await loadSchema(database.sql));
  expect(await indexes()).toHaveLength(made.length);
  expect(createIndexSql(now, "book", "title")[0]).toContain('"book_title_idx1"');
});

test("equal NULLs are rejected for an engine that lacks them, before anything is sent", () => {
  const older = { ...schema, engine: undefined, serverVersionNum: 140_000 };
  const reason = (table: string): string =>
    `${table}: nullsNotDistinct requires NULLS NOT DISTINCT, which PostgreSQL 14 lacks; declare the columns NOT NULL`;
  const unique = [{ columns: "email", nullsNotDistinct: true }];
  expect(() => createIndexSql(older, "author", "email", { unique: true, nullsNotDistinct: true })).toThrow(
    reason("author"),
  );
  expect(() => createTableSql(older, "mail", { email: "text" }, { unique })).toThrow(reason("mail"));
  expect(extractSql(older, "book", "title", { into: "titles" })[1]).toContain('UNIQUE ("title")');
});

test("createIndex refuses what is not a column, operator class or method", async () => {
  expect(() => createIndexSql(schema, "book", "titel")).toThrow('did you mean "title"');
  expect(() => createIndexSql(schema, "book", [])).toThrow("at least one column");
  expect(() => createIndexSql(schema, "book", "title", { nullsNotDistinct: true })).toThrow(
    "requires unique: true",
  );
  expect(() => createIndexSql(schema, "book", { key: "title", operatorClass: "x) where (true" })).toThrow(
    "is not the name of an operator class",
  );
  await expect(createIndex(database.sql, schema, "book", "title", { method: 'x" (' })).rejects.toThrow(
    QueryError,
  );
});

test("createIndex and dropIndex concurrently, outside of transactions only", async () => {
  const concurrently = { concurrently: true };
  expect(createIndexSql(schema, "book", "title", concurrently)).toEqual([
    'CREATE INDEX CONCURRENTLY "book_title_idx" ON "public"."book" ("title")',
  ]);
  const now = await createIndex(database.sql, schema, "book", "title", concurrently);
  expect(dropIndexSql(now, "book", "book_title_idx", concurrently)).toEqual([
    'DROP INDEX CONCURRENTLY "public"."book_title_idx"',
  ]);
  await database.sql.begin(async tx => {
    await expect(createIndex(tx, schema, "book", "pages", concurrently)).rejects.toThrow(
      "inside a transaction",
    );
  });
  await dropIndex(database.sql, now, "book", "book_title_idx", concurrently);
  expect(await indexes()).toEqual([]);
});

test("a unique index that could not be finished concurrently is not left behind, one that was there stays", async () => {
  await database.sql.unsafe("insert into book values (2, 1, 'One', 3)");
  const options = { concurrently: true, unique: true, name: "titles" };
  await expect(createIndex(database.sql, schema, "book", "title", options)).rejects.toThrow(QueryError);
  expect(await indexes()).toEqual([]);
  await database.sql.unsafe("create index titles on book (pages)");
  await expect(createIndex(database.sql, schema, "book", "title", options)).rejects.toThrow("already exists");
  expect(await indexes()).toHaveLength(1);
});

test("dropIndex refuses a constraint's index and unknown names", async () => {
  expect(() => dropIndexSql(schema, "book", "book_pkey")).toThrow(
    "book: book_pkey is the index of a constraint",
  );
  expect(() => dropIndexSql(schema, "book", "nope")).toThrow('book has no index "nope"');
  const now = await createIndex(database.sql, schema, "book", "title", { unique: true });
  expect(dropIndexSql(now, "book", "book_title_idx")).toEqual(['DROP INDEX "public"."book_title_idx"']);
  expect(await dropIndex(database.sql, now, "book", "book_title_idx")).toEqual(schema);
});

test("missingForeignKeyIndexes lists the foreign keys that no index begins with, and createIndex adds them", async () => {
  await database.sql.unsafe(`
    create table pair (a int, b int, primary key (a, b));
    create table link (a int, b int, c int, author_id int references author, book_id int references book, editor int references author,
      translator int references author, foreign key (a, b) references pair);
    create index on link (b, a, c); create index on link (c, book_id); create index on link (editor) where editor is not null;
    create index on link (translator) where translator > 5;`);
  let now = await loadSchema(database.sql);
  expect(missingForeignKeyIndexes(now)).toEqual([
    { table: "link", columns: ["author_id"], foreignKey: "link_author_id_fkey" },
    { table: "link", columns: ["book_id"], foreignKey: "link_book_id_fkey" },
    { table: "link", columns: ["translator"], foreignKey: "link_translator_fkey" },
  ]);
  for (const { table: name, columns } of missingForeignKeyIndexes(now))
    now = await createIndex(database.sql, now, name, columns);
  expect(missingForeignKeyIndexes(now)).toEqual([]);
});

test("createView, with names from the snapshot and values as literals; replace keeps it one view", async () => {
  const query = expr`select title, pages from ${table("book")} where pages > ${5} and title <> ${"it's"}`;
  const text = `CREATE VIEW "public"."thick" AS\nselect title, pages from "public"."book" where pages > '5' and title <> 'it''s'`;
  expect(createViewSql(schema, "thick", query, { comment: "Thick ones" })).toEqual([
    text,
    `COMMENT ON VIEW "public"."thick" IS 'Thick ones'`,
  ]);
  let now = await createView(database.sql, schema, "thick", query);
  expect(await rowsWhere(database.sql, now, "thick")).toEqual([{ title: "One", pages: 10 }]);
  expect(() => createViewSql(now, "thick", query)).toThrow('view "thick" already exists');
  const wider = expr`select title, pages, author_id from ${table("book")}`;
  expect(createViewSql(now, "thick", wider, { replace: true })[0]).toStartWith(
    'CREATE OR REPLACE VIEW "public"."thick"',
  );
  now = await createView(database.sql, now, "thick", wider, { replace: true });
  expect(await rowsWhere(database.sql, now, "thick")).toEqual([{ title: "One", pages: 10, author_id: 1 }]);
  expect(() => createViewSql(now, "book", query, { replace: true, materialized: true })).toThrow(
    "book is a table",
  );
});

test("a materialized view keeps its rows until it is refreshed, concurrently with a unique index", async () => {
  const query = expr`select id, title from ${table("book")}`;
  const options = { materialized: true };
  expect(createViewSql(schema, "titles", query, options)).toEqual([
    'CREATE MATERIALIZED VIEW "public"."titles" AS\nselect id, title from "public"."book"',
  ]);
  let now = await createView(database.sql, schema, "titles", query, options);
  await database.sql.unsafe("insert into book values (2, 1, 'Two', 1)");
  expect(await rowsWhere(database.sql, now, "titles")).toHaveLength(1);
  expect(() => refreshViewSql(now, "titles", { concurrently: true })).toThrow("requires a unique index");
  expect(() => refreshViewSql(schema, "book")).toThrow("book is a table");
  await refreshView(database.sql, now, "titles");
  expect(await rowsWhere(database.sql, now, "titles")).toHaveLength(2);
  now = await createIndex(database.sql, now, "titles", "id", { unique: true });
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  await refreshView(database.sql, now, "titles", { concurrently: true, onStatement });
  expect(sent).toEqual(['REFRESH MATERIALIZED VIEW CONCURRENTLY "public"."titles"']);
  const replaced = expr`select id from ${table("book")} where id > ${1}`;
  expect(createViewSql(now, "titles", replaced, { ...options, replace: true })).toEqual([
    'DROP MATERIALIZED VIEW IF EXISTS "public"."titles"',
    `CREATE MATERIALIZED VIEW "public"."titles" AS\nselect id from "public"."book" where id > '1'`,
  ]);
  now = await createView(database.sql, now, "titles", replaced, { ...options, replace: true });
  expect(await rowsWhere(database.sql, now, "titles")).toEqual([{ id: 2 }]);
});

test("dropView drops either kind, and other views only with cascade", async () => {
  let now = await createView(database.sql, schema, "a", expr`select id from ${table("book")}`);
  now = await createView(database.sql, now, "b", expr`select id from ${table("a")}`, { materialized: true });
  expect(() => dropViewSql(now, "a")).toThrow("a: view b depends on this view; cascade: true drops it too");
  expect(() => dropViewSql(now, "book")).toThrow("book is a table, not a view");
  expect(dropViewSql(now, "b")).toEqual(['DROP MATERIALIZED VIEW "public"."b"']);
  expect(dropViewSql(now, "a", { cascade: true })).toEqual(['DROP VIEW "public"."a" CASCADE']);
  expect(viewNames(await dropView(database.sql, now, "a", { cascade: true }))).toEqual([]);
});

test("an enum is made, used by name, and gets values in their place", async () => {
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
  expect(() => createEnumSql(now, "m", ["a", "a"])).toThrow('m: duplicate label "a"');
});

test("duplicateTable copies columns, keys, foreign keys, indexes, comments and rows, and goes on counting", async () => {
  await database.sql.unsafe(`
    create table source (id int generated always as identity primary key, serial serial, author_id int references author on delete cascade,
      up int references source, twice int generated always as (id * 2) stored, tag text default 'x' check (tag <> ''), unique (tag, serial));
    comment on column source.tag is 'Tag'; create index on source (author_id);
    insert into source (author_id, up) values (1, null), (2, 1);`);
  let now = await loadSchema(database.sql);
  expect(duplicateTableSql(now, "source", "copy")).toEqual([
    'CREATE TABLE "public"."copy" (LIKE "public"."source" INCLUDING ALL)',
    'ALTER TABLE "public"."copy" ALTER COLUMN "serial" DROP DEFAULT',
    'ALTER TABLE "public"."copy" ALTER COLUMN "serial" ADD GENERATED BY DEFAULT AS IDENTITY',
    'INSERT INTO "public"."copy" ("id", "serial", "author_id", "up", "tag") OVERRIDING SYSTEM VALUE ' +
      'SELECT "id", "serial", "author_id", "up", "tag" FROM "public"."source"',
    `SELECT setval(pg_get_serial_sequence('"public"."copy"', 'id'), pg_sequence_last_value(pg_get_serial_sequence('"public"."source"', 'id')::regclass))`,
    `SELECT setval(pg_get_serial_sequence('"public"."copy"', 'serial'), pg_sequence_last_value(pg_get_serial_sequence('"public"."source"', 'serial')::regclass))`,
    'ALTER TABLE "public"."copy" ADD CONSTRAINT "copy_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "public"."author" ("id") ON DELETE CASCADE',
    'ALTER TABLE "public"."copy" ADD CONSTRAINT "copy_up_fkey" FOREIGN KEY ("up") REFERENCES "public"."copy" ("id")',
  ]);
  now = await duplicateTable(database.sql, now, "source", "copy");
  await database.sql.unsafe("drop table source");
  now = await loadSchema(database.sql);
  expect(await insert(database.sql, now, "copy", { author_id: 1, tag: "y" })).toEqual({
    id: 3,
    serial: 3,
    author_id: 1,
    up: null,
    twice: 6,
    tag: "y",
  });
  expect(await plain("select id, twice, tag from copy where id < 3 order by id")).toEqual([
    [1, 2, "x"],
    [2, 4, "x"],
  ]);
  await expect(insert(database.sql, now, "copy", { author_id: 9 })).rejects.toThrow(ConstraintError);
});

test("duplicateTable without rows is empty and begins to count at 1", async () => {
  await database.sql.unsafe(
    "create table source (id int generated by default as identity primary key); insert into source values (default)",
  );
  const now = await duplicateTable(database.sql, await loadSchema(database.sql), "source", "copy", {
    rows: false,
  });
  expect(await insert(database.sql, now, "copy", {})).toEqual({ id: 1 });
  expect(() => duplicateTableSql(now, "source", "copy")).toThrow('table "copy" already exists');
});
