import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import {
  type CreateTableOptions,
  createTable,
  createTableSql,
  type TableEntries,
} from "../../src/ddl/index.ts";
import { expr, fingerprint, insert, loadSchema, rowsWhere, type SchemaSnapshot } from "../../src/index.ts";
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
    create table author (id bigint primary key);
    insert into author values (1)`);
  schema = await loadSchema(database.sql);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];

/** The DDL of a call, except the temporary table that rowfn compares with. */
function recorder(): Required<Pick<CreateTableOptions, "onStatement">> & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    onStatement: ({ text }) => {
      if (!text.includes("rowfn_requested")) sent.push(text);
    },
  };
}

const BOOK = {
  title: v.pipe(v.string(), v.maxLength(100)),
  stars: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)), 3),
};

test("transform creates a missing table and sends no DDL if the table is already as requested", async () => {
  const options = {
    transform: true,
    unique: ["title"],
    indexes: ["stars"],
    checks: { title_given: expr`title <> ${""}` },
    defaults: { title: expr`'a' || 'b'` },
    comment: "books",
  } as const;
  const made = await createTable(database.sql, schema, "book", BOOK, options);
  const { sent, onStatement } = recorder();
  const again = await createTable(database.sql, made, "book", BOOK, { ...options, onStatement });
  expect(sent).toEqual([]);
  expect(fingerprint(again)).toBe(fingerprint(made));
  const stale = await createTable(database.sql, schema, "book", BOOK, { ...options, onStatement });
  expect(sent).toEqual([]);
  expect(fingerprint(stale)).toBe(fingerprint(made));
});

test("transform replaces the given comments and leaves the others unchanged", async () => {
  const transformWith = (comments: object): Promise<SchemaSnapshot> =>
    createTable(database.sql, schema, "book", BOOK, { transform: true, comments } as never) as never;
  const commentsOf = ({ relations }: SchemaSnapshot): unknown =>
    relations.find(({ name }) => name === "book")!.columns.map(({ comment }) => comment);
  expect(commentsOf(await transformWith({ title: "one", stars: "two" }))).toEqual([null, "one", "two"]);
  expect(commentsOf(await transformWith({ title: "three" }))).toEqual([null, "three", "two"]);
});

test("transform replaces the comment of the table only if one is given", async () => {
  const transformWith = (options: object): Promise<unknown> =>
    createTable(database.sql, schema, "book", BOOK, { transform: true, ...options } as never);
  const comment = "select obj_description('book'::regclass)";
  await transformWith({ comment: "books" });
  await transformWith({ indexes: ["stars"] });
  expect(await plain(comment)).toEqual([["books"]]);
  await transformWith({ comment: "all books" });
  expect(await plain(comment)).toEqual([["all books"]]);
});

test("transform leaves the requested generated columns and their values unchanged", async () => {
  const transformWith = (more: object): Promise<SchemaSnapshot> =>
    createTable(
      database.sql,
      schema,
      "book",
      { title: "text", code: "text", ...more },
      {
        ...{ transform: true, generated: { code: expr`upper(title)` }, onStatement },
      },
    ) as never;
  const { sent, onStatement } = recorder();
  const made = await transformWith({});
  await database.sql`insert into book (title) values ('a')`;
  sent.length = 0;
  const after = await transformWith({ pages: "int" });
  expect(sent).toEqual(['ALTER TABLE "public"."book" ADD COLUMN "pages" integer']);
  const generated = ({ relations }: SchemaSnapshot): unknown =>
    relations.find(({ name }) => name === "book")!.columns.map(column => column.generated);
  expect([generated(made), generated(after)]).toEqual([
    [null, null, "stored"],
    [null, null, "stored", null],
  ]);
  sent.length = 0;
  await transformWith({});
  expect(sent).toEqual([
    'LOCK TABLE "public"."book" IN ACCESS EXCLUSIVE MODE',
    'ALTER TABLE "public"."book" DROP COLUMN "pages"',
  ]);
});

test("transform changes columns, keys, checks, defaults and foreign keys, and preserves the rows", async () => {
  await database.sql.unsafe(`
    create table book (id int not null, title text default 'x', stars int check (stars < 9), unused text, kind text);
    create index own_index on book (kind);
    insert into book (id, title, stars, kind) values (1, 'One', 4, 'a'), (2, 'Two', 5, null)`);
  const { sent, onStatement } = recorder();
  const after = await createTable(
    database.sql,
    await loadSchema(database.sql),
    "book",
    { id: "bigint", ...BOOK, kind: "text", author_id: "bigint", added: "timestamptz" },
    {
      transform: true,
      foreignKeys: { author_id: "author" },
      unique: ["title"],
      defaults: { author_id: 1, added: expr`now()` },
      onStatement,
    },
  );
  expect(sent).toEqual([
    'LOCK TABLE "public"."book" IN ACCESS EXCLUSIVE MODE',
    'ALTER TABLE "public"."book" DROP CONSTRAINT "book_stars_check"',
    'ALTER TABLE "public"."book" DROP COLUMN "unused"',
    'ALTER TABLE "public"."book" ALTER COLUMN "title" DROP DEFAULT',
    'ALTER TABLE "public"."book" ALTER COLUMN "id" TYPE bigint USING "id"::int8',
    'ALTER TABLE "public"."book" ALTER COLUMN "title" TYPE character varying(100) USING "title"::varchar',
    `ALTER TABLE "public"."book" ALTER COLUMN "title" SET DEFAULT ('x'::text)::varchar`,
    'ALTER TABLE "public"."book" ALTER COLUMN "title" SET NOT NULL',
    'ALTER TABLE "public"."book" ALTER COLUMN "stars" SET NOT NULL',
    'ALTER TABLE "public"."book" ADD COLUMN "author_id" bigint DEFAULT 1',
    'ALTER TABLE "public"."book" ADD COLUMN "added" timestamp with time zone DEFAULT now()',
    'ALTER TABLE "public"."book" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY',
    'ALTER TABLE "public"."book" ALTER COLUMN "title" DROP DEFAULT',
    'ALTER TABLE "public"."book" ALTER COLUMN "stars" SET DEFAULT 3',
    `SELECT setval(pg_get_serial_sequence('"public"."book"', 'id'), max("id")) FROM "public"."book" WHERE "id" BETWEEN 1 AND 9223372036854775807`,
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_pkey" PRIMARY KEY ("id")',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_title_key" UNIQUE ("title")',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_stars_check" CHECK ((stars >= 1))',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_stars_check1" CHECK ((stars <= 5))',
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "public"."author" ("id")',
  ]);
  expect(
    await plain("select id, title, stars, kind, author_id, added is not null from book order by id"),
  ).toEqual([
    ["1", "One", 4, "a", "1", true],
    ["2", "Two", 5, null, "1", true],
  ]);
  expect(
    await plain(
      "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'book'::regclass and contype <> 'n' order by 1",
    ),
  ).toEqual([
    ["book_author_id_fkey", "FOREIGN KEY (author_id) REFERENCES author(id)"],
    ["book_pkey", "PRIMARY KEY (id)"],
    ["book_stars_check", "CHECK ((stars >= 1))"],
    ["book_stars_check1", "CHECK ((stars <= 5))"],
    ["book_title_key", "UNIQUE (title)"],
  ]);
  expect(await plain("select indexname from pg_indexes where indexname = 'own_index'")).toEqual([
    ["own_index"],
  ]);
  expect((await insert(database.sql, after, "book", { title: "Three" }))?.["id"]).toBe("3");
});

test("transform rejects dropping or rounding values without allowLoss, and changes nothing", async () => {
  await database.sql.unsafe(`
    create table book (id bigint primary key generated by default as identity, title text, price numeric, note text);
    insert into book (title, price, note) values ('One', 1.5, 'n'), ('Two', 2, null)`);
  const before = await loadSchema(database.sql);
  const columns = { title: "text", price: "integer" } as const;
  const change = (entries: object, options: object = {}): Promise<Error> =>
    failure(createTable(database.sql, before, "book", entries as never, { transform: true, ...options }));
  expect((await change(columns)).message).toBe(
    "book.note: 1 row has a value; allowLoss: true drops the values",
  );
  expect((await change({ ...columns, note: "text" })).message).toBe(
    "book.price: 1 row has a value that integer cannot hold; allowLoss: true rounds and truncates, or pass the conversion as { type, using }",
  );
  expect((await change({ title: "text", price: "numeric", note: "text not null" })).message).toBe(
    "book.note: 1 row has NULL; give these rows a value before NOT NULL",
  );
  const generated = { generated: { note: expr`upper(title)` } };
  expect((await change({ title: "text", price: "numeric", note: "text" }, generated)).message).toBe(
    "table book was left unchanged, because a change loses data; allowLoss: true accepts it:\n  drops column public.book.note with its values",
  );
  expect(fingerprint(await loadSchema(database.sql))).toBe(fingerprint(before));
  await createTable(database.sql, before, "book", columns, { transform: true, allowLoss: true });
  expect(await plain("select * from book order by id")).toEqual([
    ["1", "One", 2],
    ["2", "Two", 2],
  ]);
});

test("a column without values is dropped, and a constraint that differs only in its name is unchanged", async () => {
  await database.sql.unsafe(`
    create table book (id bigint generated by default as identity constraint own_key primary key, unused text,
      author_id bigint constraint own_reference references author, stars int constraint own_check check (stars > 0))`);
  const { sent, onStatement } = recorder();
  await createTable(
    database.sql,
    await loadSchema(database.sql),
    "book",
    { author_id: "bigint", stars: "int" },
    { transform: true, foreignKeys: { author_id: "author" }, checks: [expr`stars > 0`], onStatement },
  );
  expect(sent.filter(text => !text.startsWith("LOCK"))).toEqual([
    'ALTER TABLE "public"."book" DROP COLUMN "unused"',
  ]);
});

test("a complete Valibot schema defines the columns, and the rows that are read pass it", async () => {
  const Note = v.object({
    id: v.bigint(),
    n: v.pipe(v.number(), v.integer()),
    at: v.date(),
    text: v.nullable(v.string()),
  });
  const made = await createTable(database.sql, schema, "note", Note);
  await insert(database.sql, made, "note", { id: 2n ** 40n, n: 5, at: new Date(0), text: null });
  const [row] = await rowsWhere(database.sql, made, "note");
  expect(v.parse(Note, row)).toEqual({ id: 2n ** 40n, n: 5, at: new Date(0), text: null });
  const strict = v.pipe(
    v.strictObject(Note.entries),
    v.check(() => true),
  );
  expect(createTableSql(schema, "other", strict)).toEqual(createTableSql(schema, "other", Note.entries));
  const wider = v.object({ ...Note.entries, more: v.optional(v.bigint(), 7n) });
  const changed = await createTable(database.sql, made, "note", wider, { transform: true });
  const [later] = await rowsWhere(database.sql, changed, "note");
  expect(v.parse(wider, later)).toMatchObject({ more: 7n });
});

const DEFINITIONS: readonly [columns: TableEntries, options?: CreateTableOptions][] = [
  [BOOK],
  [
    { title: "text", stars: "numeric(5,2)", extra: "text not null" },
    { defaults: { extra: "x", title: "it's" } },
  ],
  [
    { id: "int", title: "text" },
    { primaryKey: ["title", "id"], unique: [["id"]], comment: "c" },
  ],
  [
    { stars: "bigint", author_id: "bigint" },
    { foreignKeys: { author_id: "author" }, identity: "always" },
  ],
  [
    { stars: "text", code: "text" },
    { primaryKey: null, generated: { code: expr`upper(stars)` }, indexes: ["code"] },
  ],
  [
    { id: "text", author_id: "bigint", tags: "text[]" },
    {
      foreignKeys: { author_id: { references: "author", onDelete: "cascade" } },
      checks: [expr`id <> ''`],
      indexes: [{ columns: "author_id", unique: true, where: expr`id > 'a'` }],
    },
  ],
];

test("each definition is reached from each other one, after which no change remains", async () => {
  for (const [index, [from, before]] of DEFINITIONS.entries())
    for (const step of [1, 2, 3]) {
      const [to, after] = DEFINITIONS[(index + step) % DEFINITIONS.length]!;
      await database.sql`drop table if exists book`;
      const made = await createTable(database.sql, schema, "book", from, before);
      const options = { ...after, transform: true, allowLoss: true, cascade: true };
      const changed = await createTable(database.sql, made, "book", to, options);
      const { sent, onStatement } = recorder();
      const again = await createTable(database.sql, changed, "book", to, { ...options, onStatement });
      expect([from, to, sent]).toEqual([from, to, []]);
      expect(tableDifference(again, to, after)).toBe("");
    }
});

/** The message with which `ifNotExists` rejects a table that differs. */
function tableDifference(existing: SchemaSnapshot, to: TableEntries, options?: CreateTableOptions): string {
  try {
    createTableSql(existing, "book", to, { ...options, ifNotExists: true });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
