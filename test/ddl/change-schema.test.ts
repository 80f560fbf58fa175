import { beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import { changeSchema } from "../../src/ddl/change-schema.ts";
import {
  createEnum,
  dropColumn,
  dropColumnSql,
  dropTable,
  dropTableSql,
  renameColumn,
  renameColumnSql,
  renameTable,
  renameTableSql,
} from "../../src/ddl/index.ts";
import {
  deleteRow,
  get,
  insert,
  loadSchema,
  QueryError,
  refine,
  rowsWhere,
  type SchemaSnapshot,
  ScopeError,
  scope,
  tableNames,
  traced,
  unscoped,
  update,
  validateInsert,
} from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const TABLES = `
  drop schema if exists public, audit cascade; create schema public; create schema audit;
  create table author (id int primary key, name text not null, pen text);
  create table book (id int primary key, author_id int references author, title text, seen jsonb, unique (author_id, title));
  create table audit.event (id int primary key, payload jsonb);
  create view titles as select title from book; create view pens as select pen from author;
  insert into author values (1, 'Ann', 'A'); insert into book values (1, 1, 'One', '1');`;

const { renew, plain } = freshTables(TABLES);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});
const tables = (): Promise<unknown[][]> =>
  plain("select tablename from pg_tables where schemaname = 'public' order by 1");

test("dropTable drops the table and returns a new snapshot; the old snapshot is unchanged", async () => {
  const sent: string[] = [];
  const after = await dropTable(database.sql, schema, "audit.event", {
    onStatement: ({ text }) => void sent.push(text),
  });
  expect(sent).toEqual(['DROP TABLE "audit"."event"']);
  expect(tableNames(after)).toEqual(["author", "book"]);
  expect(tableNames(schema)).toEqual(["audit.event", "author", "book"]);
  expect(after).toEqual(await loadSchema(database.sql));
  expect(Object.isFrozen(after)).toBe(true);
});

test("dropTable rejects a table that foreign keys refer to and names them; cascade drops them", async () => {
  await expect(dropTable(database.sql, schema, "author")).rejects.toThrow(
    "author: foreign key book_author_id_fkey of book and view pens depend on this table; cascade: true drops them too",
  );
  expect(await tables()).toEqual([["author"], ["book"]]);
  expect(dropTableSql(schema, "author", { cascade: true })).toEqual(['DROP TABLE "public"."author" CASCADE']);
  const after = await dropTable(database.sql, schema, "author", { cascade: true });
  expect(after.relations.find(({ key }) => key === "book")?.foreignKeys).toEqual([]);
});

test("dropTable names a view that depends on the table, even if the snapshot lacks the view", async () => {
  expect(() => dropTableSql(schema, "book")).toThrow(
    "book: view titles depends on this table; cascade: true drops it too",
  );
  await database.sql.unsafe("drop view titles");
  schema = await loadSchema(database.sql);
  await database.sql.unsafe("create view titles as select title from book");
  const rejected = await dropTable(database.sql, schema, "book").catch((error: QueryError) => error);
  expect(rejected).toBeInstanceOf(QueryError);
  expect((rejected as QueryError).message).toContain("view titles depends on table book");
  expect((rejected as QueryError).message).toContain("cascade: true drops the dependent objects too");
});

test("dropTable rejects a view", () => {
  expect(() => dropTableSql(schema, "titles")).toThrow("titles is a view, not a table");
});

test("renameTable preserves rows, JavaScript forms, refinements and foreign keys", async () => {
  const special = refine(
    await loadSchema(database.sql, {
      types: { int8: "bigint", columns: { "book.seen": "string", "audit.event.payload": "bigint" } },
    }),
    { book: { title: v.pipe(v.string(), v.minLength(2)) } },
  );
  const after = await renameTable(database.sql, special, "book", "volume");
  expect(renameTableSql(schema, "book", "volume")).toEqual([
    'ALTER TABLE "public"."book" RENAME TO "volume"',
  ]);
  expect(after.jsTypes).toEqual({
    ...special.jsTypes,
    columns: { "volume.seen": "string", "audit.event.payload": "bigint" },
  });
  expect(validateInsert(after, "volume", { id: 2, title: "x" }).issues).toHaveLength(1);
  expect(await rowsWhere(database.sql, after, "volume", { select: ["title", "seen"] })).toEqual([
    { title: "One", seen: "1" },
  ]);
});

test("renameTable rejects an existing name and one that PostgreSQL would truncate", () => {
  expect(() => renameTableSql(schema, "book", "titles")).toThrow('view "titles" already exists');
  expect(() => renameTableSql(schema, "book", "ü".repeat(32))).toThrow("63 bytes");
});

test("renameColumn renames the column everywhere, also in its refinement", async () => {
  const strict = refine(schema, { book: { title: v.pipe(v.string(), v.minLength(2)) } });
  const after = await renameColumn(database.sql, strict, "book", "title", "heading");
  expect(renameColumnSql(schema, "book", "title", "heading")).toEqual([
    'ALTER TABLE "public"."book" RENAME COLUMN "title" TO "heading"',
  ]);
  expect(after.relations.find(({ key }) => key === "book")?.uniqueKeys[0]?.columns).toEqual([
    "author_id",
    "heading",
  ]);
  expect(validateInsert(after, "book", { id: 2, heading: "x" }).issues).toHaveLength(1);
  expect(() => renameColumnSql(schema, "book", "title", "id")).toThrow("book.id already exists");
});

test("dropColumn drops the column's own index, and rejects dropping more without cascade", async () => {
  await database.sql.unsafe("drop view pens");
  schema = await loadSchema(database.sql);
  const after = await dropColumn(database.sql, schema, "author", "pen");
  expect(await get(database.sql, after, "author", 1)).toEqual({ id: 1, name: "Ann" });
  expect(() => dropColumnSql(schema, "author", "id")).toThrow(
    "author.id: foreign key book_author_id_fkey of book depends on this column; cascade: true drops it too",
  );
  expect(() => dropColumnSql(schema, "book", "author_id")).toThrow("book_author_id_title_key");
  await database.sql.unsafe("create index on book (id, title)");
  const indexed = await loadSchema(database.sql);
  expect(() => dropColumnSql(indexed, "book", "title")).toThrow(
    "book.title: unique constraint book_author_id_title_key, index book_id_title_idx and view titles depend on this column; cascade: true drops them too",
  );
  expect(dropColumnSql(schema, "book", "title", { cascade: true })).toEqual([
    'ALTER TABLE "public"."book" DROP COLUMN "title" CASCADE',
  ]);
  expect(dropColumnSql(schema, "book", "title", { cascade: true, ifExists: true })).toEqual([
    'ALTER TABLE "public"."book" DROP COLUMN IF EXISTS "title" CASCADE',
  ]);
  await dropColumn(database.sql, after, "book", "title", { cascade: true });
  expect(await plain("select * from book")).toEqual([[1, 1, 1]]);
});

test("a scoped snapshot cannot change tables", async () => {
  const mine = scope(schema, { book: { author_id: 1 } });
  await expect(dropTable(database.sql, mine, "audit.event")).rejects.toThrow(ScopeError);
  await dropTable(database.sql, unscoped(mine), "audit.event");
  expect(await plain("select from pg_tables where schemaname = 'audit'")).toEqual([]);
});

test("inside a transaction the change is a savepoint, and a failed change does not abort the transaction", async () => {
  await database.sql.begin(async tx => {
    await expect(dropColumn(tx, schema, "book", "title", { cascade: false })).rejects.toThrow(
      "book_author_id_title_key",
    );
    await expect(dropColumn(tx, schema, "author", "pen", {})).rejects.toThrow("depends on");
    const after = await renameTable(tx, schema, "book", "volume");
    expect(tableNames(after)).toContain("volume");
  });
  expect(await tables()).toEqual([["author"], ["volume"]]);
});

test("a change is rolled back if the snapshot cannot be read after it", async () => {
  const statements = ["alter schema audit rename to other"];
  await expect(changeSchema(database.sql, schema, statements, undefined)).rejects.toThrow(
    'schema "audit" does not exist',
  );
  expect(await plain("select nspname from pg_namespace where nspname = 'audit'")).toEqual([["audit"]]);
});

const TYPES = [
  "integer",
  "bigint",
  "smallint",
  "numeric",
  "numeric(10,2)",
  "real",
  "double precision",
  "text",
  "character varying(20)",
  "character varying(30)",
  "jsonb",
  "text[]",
  "integer",
];

test("after every type change the same pool reads, writes and compares, also inside a transaction", async () => {
  const { sql } = database;
  await sql.unsafe(
    "create table t (id int primary key, v boolean, w int); insert into t values (1, null, 0)",
  );
  let now = await loadSchema(sql);
  const use = async (handle: TestDatabase["sql"], id: number): Promise<void> => {
    const stored = await get(handle, now, "t", 1);
    expect(await update(handle, now, "t", { ...stored, id: 1 })).toEqual(stored);
    const row = { id, v: stored?.["v"] };
    expect(await insert(handle, now, "t", row, { returning: ["v"] })).toEqual({ v: row.v });
    expect(await deleteRow(handle, now, "t", id)).toEqual({ ...stored, ...row, w: null });
  };
  // Each of the two transactions has one of the pool's two connections.
  const everywhere = async (): Promise<void> => {
    await use(sql, 2);
    const inside = (id: number) => sql.begin(tx => use(tx as unknown as TestDatabase["sql"], id));
    await Promise.all([inside(3), inside(4)]);
  };
  await everywhere();
  for (const type of TYPES) {
    const value = type === "jsonb" ? "'7'" : type === "text[]" ? "'{7}'" : "'7'";
    const statements = [`alter table t alter v type ${type} using ${value}::${type}`];
    now = await changeSchema(sql, now, statements, undefined);
    await everywhere();
  }
  expect(await plain("select v from t where id = 1")).toEqual([[7]]);
});

test("a statement is not stale after its column is dropped and added with a different type", async () => {
  const { sql } = database;
  await sql.unsafe("create table t (id int primary key, v int); insert into t values (1, 7)");
  let now: SchemaSnapshot = await loadSchema(sql);
  const value = (): PromiseLike<unknown> => sql.begin(async tx => (await get(tx, now, "t", 1))?.["v"]);
  const both = (): Promise<unknown[]> => Promise.all([value(), value(), value()]);
  expect(await both()).toEqual([7, 7, 7]);
  now = await dropColumn(sql, now, "t", "v");
  now = await changeSchema(sql, now, ["alter table t add v text default 'x'"], undefined);
  expect(await both()).toEqual(["x", "x", "x"]);
  now = await dropTable(sql, now, "t");
  now = await changeSchema(
    sql,
    now,
    ["create table t (id int primary key, v bigint)", "insert into t values (1, 8)"],
    undefined,
  );
  expect(await both()).toEqual(["8", "8", "8"]);
  now = await changeSchema(sql, now, ["alter table t alter v type int"], undefined);
  expect(await both()).toEqual([8, 8, 8]);
});

test("with ifNotExists the snapshot is read before the statement, and after it only if something was created", async () => {
  const texts = async (name: string, ifNotExists: boolean): Promise<string[]> => {
    const sent: string[] = [];
    const sql = traced(database.sql, ({ text }) => void sent.push(text.split(/[ \n]/, 2).join(" ")));
    await createEnum(sql, schema, name, ["s"], { ifNotExists });
    return sent;
  };
  const READ = "select pg_catalog.json_build_object(";
  expect(await texts("length", false)).toEqual(["BEGIN", "CREATE TYPE", READ, "COMMIT"]);
  expect(await texts("size", true)).toEqual([
    "BEGIN",
    "SELECT pg_advisory_xact_lock(hashtextextended($1::text,",
    READ,
    "CREATE TYPE",
    READ,
    "COMMIT",
  ]);
  expect(await texts("size", true)).toEqual([
    "BEGIN",
    "SELECT pg_advisory_xact_lock(hashtextextended($1::text,",
    READ,
    "COMMIT",
  ]);
});
