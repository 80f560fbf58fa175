import { beforeEach, expect, test } from "bun:test";
import {
  createIndex,
  createIndexSql,
  createTable,
  createTableSql,
  dropIndex,
  dropIndexSql,
  extractSql,
  missingForeignKeyIndexes,
} from "../../src/ddl/index.ts";
import { desc, expr, loadSchema, QueryError, type SchemaSnapshot, schemaDiff } from "../../src/index.ts";
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

test("createIndex supports order, expressions, operator classes, where, include, methods and unique", async () => {
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

test("nullsNotDistinct is rejected for an engine without it before anything is sent", () => {
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

test("createIndex rejects unknown columns, operator classes and methods", async () => {
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

test("createIndex rejects a direction of an expression, which is not possible inside expr either", () => {
  expect(() => createIndexSql(schema, "book", desc(expr`lower(title)` as never))).toThrow(
    "book: asc and desc require the name of a column, received raw SQL; an index on an expression is ascending, and PostgreSQL also reads it backward, so pass the expression alone",
  );
});

test("createIndex and dropIndex run concurrently only outside of transactions", async () => {
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

test("a unique index that fails to build concurrently is dropped, and an existing one is unchanged", async () => {
  await database.sql.unsafe("insert into book values (2, 1, 'One', 3)");
  const options = { concurrently: true, unique: true, name: "titles" };
  await expect(createIndex(database.sql, schema, "book", "title", options)).rejects.toThrow(QueryError);
  expect(await indexes()).toEqual([]);
  await database.sql.unsafe("create index titles on book (pages)");
  await expect(createIndex(database.sql, schema, "book", "title", options)).rejects.toThrow("already exists");
  expect(await indexes()).toHaveLength(1);
});

test("dropIndex rejects a constraint's index and unknown names", async () => {
  expect(() => dropIndexSql(schema, "book", "book_pkey")).toThrow(
    "book: book_pkey is the index of a constraint",
  );
  expect(() => dropIndexSql(schema, "book", "nope")).toThrow('book has no index "nope"');
  const now = await createIndex(database.sql, schema, "book", "title", { unique: true });
  expect(dropIndexSql(now, "book", "book_title_idx")).toEqual(['DROP INDEX "public"."book_title_idx"']);
  expect(await dropIndex(database.sql, now, "book", "book_title_idx")).toEqual(schema);
});

test("missingForeignKeyIndexes lists the foreign keys without an index on their leading columns, and createIndex adds the indexes", async () => {
  await database.sql.unsafe(`
    create table pair (a int, b int, primary key (a, b));
    create table link (a int, b int, c int, author_id int references author, book_id int references book, editor int references author,
      translator int references author, foreign key (a, b) references pair);
    create index on link (b, a, c); create index on link (c, book_id); create index on link (editor) where editor is not null;
    create index on link (translator) where translator > 5; create index broken on link (author_id);
    update pg_index set indisvalid = false where indexrelid = 'broken'::regclass;`);
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

test("createTable with transform leaves the indexes that it does not request", async () => {
  const { sql } = database;
  const columns = { id: "bigint", code: "text", stars: "integer" } as const;
  const options = { unique: ["code"], indexes: ["stars"] } as const;
  await createTable(sql, schema, "shelf", columns, options);
  await sql
    .unsafe(`create unique index own on shelf (code, stars); create index other on shelf (code);
    create unique index third on shelf (stars, id)`)
    .simple();
  const before = await loadSchema(sql);
  const after = await createTable(sql, before, "shelf", columns, { ...options, transform: true });
  expect(schemaDiff(before, after)).toEqual([]);
  expect(await plain("select indexname::text from pg_indexes where tablename = 'shelf' order by 1")).toEqual([
    ...[["other"], ["own"], ["shelf_code_key"], ["shelf_pkey"], ["shelf_stars_idx"], ["third"]],
  ]);
});
