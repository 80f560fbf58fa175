import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import { type TableChanges, transformTable, transformTableSql } from "../../src/ddl/index.ts";
import {
  columnsInfo,
  expr,
  insert,
  loadSchema,
  q,
  refine,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  table,
  update,
  validateInsert,
} from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

const TABLES = `
  drop schema if exists public cascade; create schema public;
  create type mood as enum ('sad', 'ok');
  create table author (id int primary key, name text not null);
  create table book (id int primary key, author_id int, title varchar(20) not null default 'none', price numeric(8,2),
    note text, seen timestamp, unique (author_id, title), constraint cheap check (price < 100));
  create table line (book_id int references book);
  insert into author values (1, 'Ann');
  insert into book values (1, 1, 'One', 1.50, null, '2020-02-29 00:00'), (2, 1, 'Two', 2.25, 'x', null);`;

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
  ({ sql } = database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql.unsafe(TABLES);
  schema = await loadSchema(sql);
});

async function values(text: string): Promise<unknown> {
  return [...(await sql.unsafe(text).values())];
}

test("all kinds of changes are one list of statements in one transaction", async () => {
  const changes: TableChanges = {
    dropConstraints: ["cheap", "book_author_id_title_key"],
    drop: ["note"],
    rename: { title: "name" },
    retype: { price: "numeric(10,3)", title: "text" },
    add: { stars: "int not null", mood: "mood" },
    defaults: { title: "new", stars: 3, seen: expr`now()` },
    notNull: { title: false, price: true },
    unique: ["name"],
    foreignKeys: { author_id: { references: "author", onDelete: "setNull" } },
    checks: { dear: expr`price > ${1}` },
    indexes: ["stars"],
  };
  const sent: string[] = [];
  const after = await transformTable(sql, schema, "book", changes, {
    allowLoss: true,
    onStatement: ({ text }) => void sent.push(text),
  });
  const alter = 'ALTER TABLE "public"."book"';
  const expected = [
    `${alter} DROP CONSTRAINT "cheap"`,
    `${alter} DROP CONSTRAINT "book_author_id_title_key"`,
    `${alter} DROP COLUMN "note"`,
    `${alter} RENAME COLUMN "title" TO "name"`,
    `${alter} ALTER COLUMN "name" DROP DEFAULT`,
    `${alter} ALTER COLUMN "name" TYPE text USING "name"::text`,
    `${alter} ALTER COLUMN "price" TYPE numeric(10,3)`,
    `${alter} ADD COLUMN "stars" integer DEFAULT 3 NOT NULL`,
    `${alter} ADD COLUMN "mood" public.mood`,
    `${alter} ALTER COLUMN "name" SET DEFAULT 'new'`,
    `${alter} ALTER COLUMN "name" DROP NOT NULL`,
    `${alter} ALTER COLUMN "price" SET NOT NULL`,
    `${alter} ALTER COLUMN "seen" SET DEFAULT now()`,
    `${alter} ADD CONSTRAINT "book_name_key" UNIQUE ("name")`,
    `${alter} ADD CONSTRAINT "dear" CHECK (price > '1')`,
    `${alter} ADD CONSTRAINT "book_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "public"."author" ("id") ON DELETE SET NULL`,
    'CREATE INDEX "book_stars_idx" ON "public"."book" ("stars")',
  ];
  expect(transformTableSql(schema, "book", changes, { allowLoss: true })).toEqual(expected);
  expect(sent).toEqual(['LOCK TABLE "public"."book" IN ACCESS EXCLUSIVE MODE', ...expected]);
  expect(after).toEqual(await loadSchema(sql));
  expect(Object.keys(columnsInfo(schema, "book"))).toContain("note");
  expect(await values("select id, name, price, stars from book order by id")).toEqual([
    [1, "One", "1.500", 3],
    [2, "Two", "2.250", 3],
  ]);
});

test("a new type preserves the collation, and added columns have checks, comments and foreign keys to their own table", async () => {
  await sql.unsafe(`alter table book alter note type varchar(9) collate "C"`);
  schema = await loadSchema(sql);
  const changes: TableChanges = {
    rename: { id: "nr" },
    retype: { note: "text" },
    add: {
      sequel: v.pipe(v.nullable(v.pipe(v.number(), v.integer(), v.maxValue(9))), v.description("The next")),
    },
    comments: { note: "Free" },
    foreignKeys: { sequel: "book" },
  };
  const alter = 'ALTER TABLE "public"."book"';
  expect(transformTableSql(schema, "book", changes)).toEqual([
    `${alter} RENAME COLUMN "id" TO "nr"`,
    `${alter} ALTER COLUMN "note" TYPE text COLLATE "C" USING "note"::text`,
    `${alter} ADD COLUMN "sequel" bigint`,
    `${alter} ADD CONSTRAINT "book_sequel_check" CHECK ("sequel" <= 9)`,
    `${alter} ADD CONSTRAINT "book_sequel_fkey" FOREIGN KEY ("sequel") REFERENCES "public"."book" ("nr")`,
    `COMMENT ON COLUMN "public"."book"."note" IS 'Free'`,
    `COMMENT ON COLUMN "public"."book"."sequel" IS 'The next'`,
  ]);
  const info = columnsInfo(await transformTable(sql, schema, "book", changes), "book");
  expect(info["note"]).toMatchObject({ type: "text", collation: '"C"', comment: "Free" });
});

test("a new foreign key can refer to an existing key of its own table", async () => {
  await sql.unsafe("alter table book add code text, add constraint book_code_key unique (code)");
  schema = await loadSchema(sql);
  const changes: TableChanges = {
    add: { sequel: "text" },
    foreignKeys: { sequel: { references: "book", to: "code" } },
  };
  expect(transformTableSql(schema, "book", changes).at(-1)).toBe(
    'ALTER TABLE "public"."book" ADD CONSTRAINT "book_sequel_fkey" FOREIGN KEY ("sequel") REFERENCES "public"."book" ("code")',
  );
});

test("a generated column changes its type and is dropped with its source column", async () => {
  await sql.unsafe(
    "alter table book add twice int generated always as (author_id * 2) stored; create index on book (twice)",
  );
  schema = await loadSchema(sql);
  const alter = 'ALTER TABLE "public"."book"';
  expect(transformTableSql(schema, "book", { retype: { twice: "bigint" } })).toEqual([
    `${alter} ALTER COLUMN "twice" TYPE bigint`,
  ]);
  const after = await transformTable(sql, schema, "book", { retype: { twice: "bigint" } });
  expect(columnsInfo(after, "book")["twice"]?.type).toBe("bigint");
  expect(transformTableSql(after, "book", { drop: ["author_id"] }, { cascade: true })).toEqual([
    `${alter} DROP COLUMN "author_id" CASCADE`,
  ]);
});

test("a change that would lose data is rejected with the column and the number of rows, and nothing is changed", async () => {
  const rejected: [TableChanges, string][] = [
    [
      { drop: ["note"], rename: { title: "name" } },
      "book.note: 1 row has a value; allowLoss: true drops the values",
    ],
    [{ retype: { price: "numeric(8,1)" } }, "book.price: 1 row has a value that numeric(8,1) cannot hold"],
    [{ retype: { price: "int" } }, "book.price: 2 rows have a value that integer cannot hold"],
    [
      { retype: { title: "varchar(2)" } },
      "book.title: 2 rows have a value that character varying(2) cannot hold",
    ],
    [
      { retype: { note: "int" } },
      "book.note: some values cannot be converted; pass the conversion as { type, using }",
    ],
    [{ notNull: { note: true } }, "book.note: 1 row has NULL; give these rows a value before NOT NULL"],
  ];
  for (const [changes, message] of rejected)
    await expect(transformTable(sql, schema, "book", changes)).rejects.toThrow(message);
  expect(await loadSchema(sql)).toEqual(schema);
});

test("changes that lose nothing need no allowLoss: an empty column, a shorter type that fits all values, midnights as dates", async () => {
  await sql.unsafe("update book set note = null");
  const after = await transformTable(sql, schema, "book", {
    drop: ["note"],
    retype: { title: "varchar(3)", seen: "date", id: "bigint" },
  });
  expect(columnsInfo(after, "book")["title"]).toMatchObject({
    type: "character varying(3)",
    default: "'none'::character varying",
  });
  expect(await values("select id, title, seen::text from book order by id")).toEqual([
    ["1", "One", "2020-02-29"],
    ["2", "Two", null],
  ]);
});

test("allowLoss rounds and truncates; using converts with an expression", async () => {
  let after = await transformTable(
    sql,
    schema,
    "book",
    { retype: { price: "int", title: "varchar(2)" } },
    { allowLoss: true },
  );
  expect(await values("select title, price from book order by id")).toEqual([
    ["On", 2],
    ["Tw", 2],
  ]);
  after = await transformTable(sql, after, "book", {
    retype: { note: { type: "mood", using: expr`case when note = ${"x"} then ${"sad"} end` } },
  });
  expect(await rowsWhere(sql, after, "book", { select: ["note"], orderBy: "id" })).toEqual([
    { note: null },
    { note: "sad" },
  ]);
});

test("the primary key can be changed, but not dropped while foreign keys depend on it", async () => {
  await expect(transformTable(sql, schema, "book", { primaryKey: null })).rejects.toThrow(
    "book: foreign key line_book_id_fkey of line depends on key book_pkey; cascade: true drops it too",
  );
  await sql.unsafe("drop table line");
  schema = await loadSchema(sql);
  const after = await transformTable(sql, schema, "book", { primaryKey: ["title", "id"] });
  expect(relationOf(after, "book").primaryKey).toMatchObject({ name: "book_pkey", columns: ["title", "id"] });
  expect(
    relationOf(await transformTable(sql, after, "book", { primaryKey: null }), "book").primaryKey,
  ).toBeNull();
});

test("contradictory options are rejected before anything is sent", async () => {
  const rejected: [TableChanges, string][] = [
    [{ drop: ["titel"] }, 'did you mean "title"?'],
    [{ drop: ["note"], rename: { note: "n" } }, "book.note is both dropped and changed"],
    [{ rename: { note: "title" } }, 'book would have two columns named "title"'],
    [{ add: { note: "text" } }, 'book would have two columns named "note"'],
    [{ retype: { note: "intt" } }, 'type "intt" does not exist'],
    [{ dropConstraints: ["cheep"] }, 'did you mean "cheap"?'],
    [
      { drop: ["author_id"] },
      "book: unique constraint book_author_id_title_key depends on author_id; cascade: true drops it too",
    ],
    [{ drop: ["id"] }, "line_book_id_fkey of line"],
    [{ unique: ["nowhere"] }, 'book has no column "nowhere"'],
  ];
  for (const [changes, message] of rejected)
    expect(() => transformTableSql(schema, "book", changes)).toThrow(message);
  const mine = scope(schema, { book: { author_id: 1 } });
  await expect(transformTable(sql, mine, "book", { drop: ["note"] })).rejects.toThrow(
    "pass unscoped(schema)",
  );
});

test("JavaScript forms and refinements are preserved under the new names", async () => {
  const special = refine(
    await loadSchema(sql, { types: { int8: "bigint", columns: { "book.seen": "string" } } }),
    {
      book: { title: v.pipe(v.string(), v.minLength(2)) },
    },
  );
  const after = await transformTable(sql, special, "book", { rename: { title: "name", seen: "at" } });
  expect(after.jsTypes).toMatchObject({ int8: "bigint", columns: { "book.at": "string" } });
  expect(validateInsert(after, "book", { id: 9, name: "x" }).issues).toHaveLength(1);
});

test("after every type change the same pool reads, writes and compares", async () => {
  await sql.unsafe("create table cell (id int primary key, v int); insert into cell values (1, 1)");
  let now = await loadSchema(sql);
  const types: readonly (readonly [string, unknown])[] = [
    ["bigint", "1"],
    ["numeric(8,2)", "1.00"],
    ["float8", 1],
    ["text", "1"],
    ["varchar(9)", "1"],
    ["int", 1],
    ["jsonb", 1],
    ["text[]", ["1"]],
    ["text", "{1}"],
    ["bytea", new TextEncoder().encode("{1}")],
  ];
  for (const [type, stored] of types) {
    const using =
      type === "text[]" ? expr`array[v::text]` : type === "bytea" ? expr`convert_to(v, 'UTF8')` : undefined;
    now = await transformTable(
      sql,
      now,
      "cell",
      { retype: { v: using ? { type, using } : type } },
      { allowLoss: true },
    );
    const [row] = await rowsWhere(sql, now, "cell", { where: { id: 1 } });
    expect([type, JSON.stringify(row!["v"])]).toEqual([type, JSON.stringify(stored)]);
    await update(sql, now, "cell", { id: 1, v: row!["v"] });
    await insert(sql, now, "cell", { id: 2, v: row!["v"] });
    expect(
      await rowsWhere(sql, now, "cell", { where: { v: row!["v"] }, select: ["id"], orderBy: "id" }),
    ).toEqual([{ id: 1 }, { id: 2 }]);
    await sql.begin(async tx => {
      expect(await rowsWhere(tx, now, "cell", { where: { id: 2 }, select: ["v"] })).toEqual([
        { v: row!["v"] },
      ]);
    });
    expect(await q(sql, now, expr`select v from ${table("cell")} where id = 2`)).toEqual([{ v: row!["v"] }]);
    await sql.unsafe("delete from cell where id = 2");
  }
});
