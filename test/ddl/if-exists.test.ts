// `ifExists` and `ifNotExists` of all objects that are created or dropped.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as ddl from "../../src/ddl/index.ts";
import { columnsInfo, expr, fingerprint, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe(`
    drop schema if exists public cascade; create schema public;
    create type mood as enum ('sad', 'happy');
    create table author (id bigint primary key);
    create table book (id bigint primary key, title text, author_id bigint references author on delete cascade);
    create index book_title_idx on book (title);
    create table shelf (id bigint primary key, room text);
    create view titles as select title from book;
    create materialized view stored_titles as select title from book;`);
  schema = await loadSchema(database.sql);
});

type Change = (schema: SchemaSnapshot, options: object) => Promise<SchemaSnapshot<never>>;
const sql = (): TestDatabase["sql"] => database.sql;
const change = (run: (schema: SchemaSnapshot, options: object) => Promise<unknown>): Change => run as Change;

const DROPS: Readonly<Record<string, Change>> = {
  dropTable: change((given, options) => ddl.dropTable(sql(), given, "book", { cascade: true, ...options })),
  dropView: change((given, options) => ddl.dropView(sql(), given, "titles", options)),
  "dropView of a materialized view": change((given, options) =>
    ddl.dropView(sql(), given, "stored_titles", options),
  ),
  dropColumn: change((given, options) => ddl.dropColumn(sql(), given, "book", "author_id", options)),
  dropEnum: change((given, options) => ddl.dropEnum(sql(), given, "mood", options)),
  dropIndex: change((given, options) => ddl.dropIndex(sql(), given, "book", "book_title_idx", options)),
};

for (const [name, drop] of Object.entries(DROPS))
  test(`${name} with ifExists drops an existing object and ignores a missing one`, async () => {
    const after = await drop(schema, { ifExists: true });
    expect(fingerprint(after)).not.toBe(fingerprint(schema));
    // With a snapshot from before the drop, and with one from after it.
    if (!name.includes("materialized")) {
      expect(fingerprint(await drop(schema, { ifExists: true }))).toBe(fingerprint(after));
      expect(fingerprint(await drop(after as SchemaSnapshot, { ifExists: true }))).toBe(fingerprint(after));
    }
    expect((await failure(drop(after as SchemaSnapshot, {}))).name).toBe("UnknownNameError");
  });

const CREATIONS: Readonly<Record<string, Change>> = {
  createTable: change((given, options) => ddl.createTable(sql(), given, "note", { text: "text" }, options)),
  createFromRows: change((given, options) =>
    ddl.createFromRows(sql(), given, "word", [{ id: 1, text: "a" }], options),
  ),
  duplicateTable: change((given, options) => ddl.duplicateTable(sql(), given, "book", "copy", options)),
  extract: change((given, options) =>
    ddl.extract(sql(), given, "shelf", ["room"], { into: "rooms", ...options }),
  ),
  createLinkTable: change((given, options) => ddl.createLinkTable(sql(), given, "author", "book", options)),
  addColumn: change((given, options) =>
    ddl.addColumn(sql(), given, "book", "pages", "integer not null", { default: 1, ...options }),
  ),
  addSearch: change((given, options) => ddl.addSearch(sql(), given, "book", "title", options)),
  addForeignKey: change((given, options) =>
    ddl.addForeignKey(sql(), given, "book", "id", "author", { onDelete: "cascade", ...options }),
  ),
  createIndex: change((given, options) => ddl.createIndex(sql(), given, "book", ["author_id"], options)),
  "createIndex, unique and concurrently": change((given, options) =>
    ddl.createIndex(sql(), given, "book", ["title"], {
      ...{ unique: true, concurrently: true, name: "book_unique" },
      ...options,
    }),
  ),
  createView: change((given, options) =>
    ddl.createView(sql(), given, "ids", expr`select id from book`, options),
  ),
  "createView of a materialized view": change((given, options) =>
    ddl.createView(sql(), given, "ids", expr`select id from book`, { materialized: true, ...options }),
  ),
  createEnum: change((given, options) => ddl.createEnum(sql(), given, "size", ["s", "m"], options)),
  addEnumValue: change((given, options) => ddl.addEnumValue(sql(), given, "mood", "calm", options)),
};

for (const [name, create] of Object.entries(CREATIONS))
  test(`${name} with ifNotExists creates an object and leaves an existing one unchanged`, async () => {
    const after = await create(schema, { ifNotExists: true });
    expect(fingerprint(after)).not.toBe(fingerprint(schema));
    const again = await create(after as SchemaSnapshot, { ifNotExists: true });
    expect(fingerprint(again)).toBe(fingerprint(after));
    // With the old snapshot, which another process would still have.
    expect(fingerprint(await create(schema, { ifNotExists: true }))).toBe(fingerprint(after));
  });

test("an existing object that differs is rejected, with advice", async () => {
  const { sql } = database;
  const ifNotExists = true;
  const cases: readonly [Promise<unknown>, string][] = [
    [
      ddl.addColumn(sql, schema, "book", "title", "integer", { ifNotExists }),
      "book.title already exists as text; change it with transformTable, or leave out ifNotExists",
    ],
    [
      ddl.addForeignKey(sql, schema, "book", "author_id", "author", { ifNotExists }),
      "book: foreign key book_author_id_fkey of these columns already exists with other options; drop it with transformTable and dropConstraints",
    ],
    [
      ddl.createIndex(sql, schema, "book", ["author_id"], { ifNotExists, name: "book_title_idx" }),
      "book: book_title_idx already exists and is different; choose a different name, or drop it first",
    ],
    [
      ddl.createIndex(sql, schema, "book", expr`lower(title)`, { ifNotExists }),
      "book: ifNotExists requires name for an index on an expression, because existing expressions cannot be compared",
    ],
    [
      ddl.createEnum(sql, schema, "mood", ["sad"], { ifNotExists }),
      "enum mood already exists with the labels sad, happy; add the others with addEnumValue",
    ],
    [ddl.createView(sql, schema, "book", expr`select 1`, { ifNotExists }), 'table "book" already exists'],
    [
      ddl.createView(sql, schema, "titles", expr`select 1`, { ifNotExists, replace: true }),
      "titles: ifNotExists and replace cannot be combined; choose one",
    ],
    [ddl.createEnum(sql, schema, "book", ["s"], { ifNotExists }), 'table "book" already exists'],
  ];
  for (const [promise, message] of cases) expect((await failure(promise)).message).toBe(message);
  expect(fingerprint(await loadSchema(sql))).toBe(fingerprint(schema));
});

test("ifNotExists distinguishes unique indexes by nullsNotDistinct", async () => {
  const { sql } = database;
  const unique = { unique: true, name: "author_of_book" };
  const existing = await ddl.createIndex(sql, schema, "book", "author_id", unique);
  const strict = { ...unique, nullsNotDistinct: true, ifNotExists: true };
  expect((await failure(ddl.createIndex(sql, existing, "book", "author_id", strict))).message).toBe(
    "book: author_of_book already exists and is different; choose a different name, or drop it first",
  );
  const again = await ddl.createIndex(sql, existing, "book", "author_id", { ...unique, ifNotExists: true });
  expect(fingerprint(again)).toBe(fingerprint(existing));
});

test("without ifNotExists an index whose name exists is rejected by PostgreSQL, even if it has the same columns", async () => {
  const error = await failure(
    ddl.createIndex(database.sql, schema, "book", "title", { name: "book_title_idx" }),
  );
  expect(error).toMatchObject({ name: "QueryError", sqlstate: "42P07" });
});

test("ifNotExists rejects a view with a different query", async () => {
  const { sql } = database;
  const message = (view: string): string =>
    `view ${view} already exists with another query; change it with replace: true, or leave out ifNotExists`;
  const some = expr`select title from book where id > ${1}`;
  await expect(ddl.createView(sql, schema, "titles", some, { ifNotExists: true })).rejects.toThrow(
    message("titles"),
  );
  const options = { ifNotExists: true, materialized: true };
  await expect(ddl.createView(sql, schema, "stored_titles", some, options)).rejects.toThrow(
    message("stored_titles"),
  );
  const same = expr`SELECT book.title FROM public.book`;
  await ddl.createView(sql, schema, "titles", same, { ifNotExists: true });
  expect(fingerprint(await loadSchema(sql))).toBe(fingerprint(schema));
});

test("the statements are conditional, so a stale snapshot causes no error", () => {
  expect(ddl.dropTableSql(schema, "nothing", { ifExists: true })).toEqual([
    'DROP TABLE IF EXISTS "public"."nothing"',
  ]);
  expect(ddl.dropColumnSql(schema, "book", "nothing", { ifExists: true })).toEqual([
    'ALTER TABLE "public"."book" DROP COLUMN IF EXISTS "nothing"',
  ]);
  expect(ddl.dropIndexSql(schema, "book", "nothing", { ifExists: true })).toEqual([
    'DROP INDEX IF EXISTS "public"."nothing"',
  ]);
  expect(ddl.addColumnSql(schema, "book", "pages", "int", { ifNotExists: true })).toEqual([
    'ALTER TABLE "public"."book" ADD COLUMN "pages" integer',
  ]);
  expect(ddl.createIndexSql(schema, "book", "id", { ifNotExists: true })).toEqual([
    'CREATE INDEX IF NOT EXISTS "book_id_idx" ON "public"."book" ("id")',
  ]);
  const named = { ifNotExists: true, name: "lower_title" };
  expect(ddl.createIndexSql(schema, "book", expr`lower(title)`, named)).toEqual([
    'CREATE INDEX IF NOT EXISTS "lower_title" ON "public"."book" ((lower(title)))',
  ]);
  expect(ddl.addEnumValueSql(schema, "mood", "sad", { ifNotExists: true })).toEqual([
    `ALTER TYPE "public"."mood" ADD VALUE IF NOT EXISTS 'sad'`,
  ]);
});

test("dropEnum lists the dependents of the enum, and drops them with cascade", async () => {
  const { sql } = database;
  await sql.unsafe(`
    create table "odd.t" (id int, "its mood" mood, moods mood[]);
    create domain calm as mood check (value <> 'sad');
    create view moods as select moods from "odd.t"`);
  const now = await loadSchema(sql);
  expect(() => ddl.dropEnumSql(now, "mood")).toThrow(
    "mood: type public.calm, column odd.t.its mood and column odd.t.moods depend on this enum; cascade: true drops them too",
  );
  expect(() => ddl.dropEnumSql(now, "calm")).toThrow("calm is a domain type, not an enum");
  expect(() => ddl.dropEnumSql(now, "moood")).toThrow('enum "moood" does not exist; did you mean "mood"?');
  expect(ddl.dropEnumSql(now, "nothing", { ifExists: true })).toEqual([
    'DROP TYPE IF EXISTS "public"."nothing"',
  ]);
  const after = await ddl.dropEnum(sql, now, "public.mood", { cascade: true });
  expect(Object.keys(columnsInfo(after, "odd.t"))).toEqual(["id"]);
  expect(await sql`select typname from pg_type where typname in ('mood', 'calm')`.values()).toEqual([]);
});

test("ifNotExists inserts and copies rows once, and adds none to an existing table", async () => {
  const { sql } = database;
  await sql.unsafe("insert into author values (1); insert into book values (1, 'One', 1)");
  const ifNotExists = true;
  for (const given of [schema, await loadSchema(sql)]) {
    await ddl.createFromRows(sql, given, "word", [{ text: "a" }, { text: "b" }], { ifNotExists });
    await ddl.duplicateTable(sql, given, "book", "copy", { ifNotExists });
  }
  expect(await sql`select id, text from word order by id`.values()).toEqual([
    ["1", "a"],
    ["2", "b"],
  ]);
  expect(await sql`select id, title from copy`.values()).toEqual([["1", "One"]]);
  const now = await loadSchema(sql);
  expect(() => ddl.createFromRowsSql(now, "word", [{ n: 1 }], { ifNotExists })).toThrow(
    'table "word" already exists and differs from the requested table:\n  column public.word.n: added\n  column public.word.text: removed',
  );
  expect(() => ddl.duplicateTableSql(now, "book", "word", { ifNotExists })).toThrow(
    'table "word" already exists and differs from the requested table:',
  );
  expect(() => ddl.duplicateTableSql(now, "book", "titles", { ifNotExists })).toThrow("titles is a view");
});

test("extract with ifNotExists adds missing rows to the table of an earlier extract", async () => {
  const { sql } = database;
  await sql.unsafe(`
    insert into shelf values (1, 'hall'), (2, null), (3, 'attic'), (4, 'hall');
    alter table author add pen_name text;
    create table lamp (id bigint primary key, place text);
    insert into lamp values (1, 'attic'), (2, 'cellar'), (3, null)`);
  const given = await loadSchema(sql);
  const options = { into: "room", ifNotExists: true };
  let now = (await ddl.extract(sql, given, "shelf", "room", {
    ...options,
    rename: { room: "name" },
  })) as SchemaSnapshot;
  expect(ddl.extractSql(now, "lamp", "place", { ...options, rename: { place: "name" } }).slice(0, 3)).toEqual(
    [
      'LOCK TABLE "public"."lamp" IN ACCESS EXCLUSIVE MODE',
      'LOCK TABLE "public"."room" IN SHARE ROW EXCLUSIVE MODE',
      'INSERT INTO "public"."room" ("name") SELECT DISTINCT "place" FROM "public"."lamp" WHERE "place" IS NOT NULL EXCEPT SELECT "name" FROM "public"."room"',
    ],
  );
  now = (await ddl.extract(sql, now, "lamp", "place", { ...options, rename: { place: "name" } })) as never;
  const rooms = async (table: string): Promise<unknown> =>
    await sql
      .unsafe(`select t.id::int, name from ${table} t left join room on room.id = room_id order by 1`)
      .values();
  expect(await rooms("shelf")).toEqual([
    [1, "hall"],
    [2, null],
    [3, "attic"],
    [4, "hall"],
  ]);
  expect(await rooms("lamp")).toEqual([
    [1, "attic"],
    [2, "cellar"],
    [3, null],
  ]);
  expect(await sql`select count(*)::int from room`.values()).toEqual([[3]]);
  // Without the rename the columns have different names, so they were not moved.
  expect(() => ddl.extractSql(now, "lamp", "place", options)).toThrow('lamp has no column "place"');
  expect(() => ddl.extractSql(now, "author", "pen_name", options)).toThrow(
    'table "room" already exists and differs from the requested table:\n  column public.room.name: removed\n  column public.room.pen_name: added',
  );
});

test("two sessions that create a table from rows simultaneously create it once", async () => {
  const { sql } = database;
  const all = await Promise.all(
    [1, 2, 3].map(() => ddl.createFromRows(sql, schema, "word", [{ text: "a" }], { ifNotExists: true })),
  );
  expect(new Set(all.map(one => fingerprint(one))).size).toBe(1);
  expect(await sql`select text from word`.values()).toEqual([["a"]]);
});
