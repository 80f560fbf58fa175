import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  expr,
  insert,
  insertMany,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  scope,
  traced,
  ValidationError,
} from "../../src/index.ts";
import { newColumnsSql } from "../../src/statements/index.ts";
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
    create table note (id int primary key, title text not null);
    insert into note values (1, 'old');
    create view notes as select * from note;`);
  schema = await loadSchema(database.sql);
});

const stored = async (text = "select * from note order by id"): Promise<unknown[][]> => [
  ...(await database.sql.unsafe(text).values()),
];
const columns = (): Promise<unknown[][]> =>
  stored(
    "select column_name, data_type from information_schema.columns where table_name = 'note' order by ordinal_position",
  );

test("alter adds the new columns of a row with types that can store its values", async () => {
  const sent: string[] = [];
  const { row, schema: after } = await insert(
    database.sql,
    schema,
    "note",
    { id: 2, title: "new", stars: 3, 'odd "name"': ["a"], nothing: null },
    { alter: true, onStatement: ({ text }) => sent.push(text) },
  );
  expect(sent).toEqual([
    'ALTER TABLE "public"."note" ADD COLUMN IF NOT EXISTS "stars" bigint, ADD COLUMN IF NOT EXISTS "odd ""name""" text[], ADD COLUMN IF NOT EXISTS "nothing" text',
    'INSERT INTO "public"."note" ("id", "title", "stars", "odd ""name""", "nothing") VALUES ($1::text::int4, $2::text, $3::text::int8, $4::text::text[], NULL) RETURNING "id", "title", "stars", "odd ""name""", "nothing"',
  ]);
  expect(row).toEqual({ id: 2, title: "new", stars: "3", 'odd "name"': ["a"], nothing: null });
  expect(await stored()).toEqual([
    [1, "old", null, null, null],
    [2, "new", "3", ["a"], null],
  ]);
  expect(await rowsWhere(database.sql, after, "note", { where: { stars: 3 }, select: ["id"] })).toEqual([
    { id: 2 },
  ]);
});

test("alter sends a single statement if the table has all columns", async () => {
  const sent: string[] = [];
  const result = await insert(
    database.sql,
    schema,
    "note",
    { id: 2, title: "new" },
    { alter: true, onStatement: ({ text }) => sent.push(text) },
  );
  expect(result).toEqual({ row: { id: 2, title: "new" }, schema });
  expect(sent).toHaveLength(1);
  const logged = traced(database.sql, ({ text }) => void sent.push(text));
  const many = await insertMany(logged, schema, "note", [{ id: 3, title: "newer" }], { alter: true });
  expect(many).toEqual({ rows: 1, schema });
  expect(sent).toHaveLength(2);
});

test("insertMany with alter adds the new columns of all rows of an array in one statement", async () => {
  const rows = [
    { id: 2, title: "a", score: 1 },
    { id: 3, title: "b", score: 0.5, doc: { deep: [1] } },
  ];
  expect(newColumnsSql(schema, "note", rows)).toEqual([
    'ALTER TABLE "public"."note" ADD COLUMN IF NOT EXISTS "score" double precision, ADD COLUMN IF NOT EXISTS "doc" jsonb',
  ]);
  const { rows: count, schema: after } = await insertMany(database.sql, schema, "note", rows, {
    alter: true,
  });
  expect(count).toBe(2);
  expect(await stored("select id, score, doc::text from note order by id")).toEqual([
    [1, null, null],
    [2, 1, null],
    [3, 0.5, '{"deep": [1]}'],
  ]);
  const { rows: inserted } = await insertMany(
    database.sql,
    after,
    "note",
    [{ id: 4, title: "c", late: true }],
    { alter: true, returning: true },
  );
  expect(inserted).toEqual([{ id: 4, title: "c", score: null, doc: null, late: true }]);
});

test("each batch of an iterable may have new columns", async () => {
  const rows = function* (): Generator<Record<string, unknown>> {
    for (let id = 2; id < 10_003; id++) yield { id, title: "x", ...(id > 10_001 && { late: id }) };
  };
  const { rows: count, schema: after } = await insertMany(database.sql, schema, "note", rows(), {
    alter: true,
  });
  expect(count).toBe(10_001);
  expect(await rowsWhere(database.sql, after, "note", { where: { late: 10_002 } })).toEqual([
    { id: 10_002, title: "x", late: "10002" },
  ]);
  expect(await stored("select count(*)::int, count(late)::int from note")).toEqual([[10_002, 1]]);
});

test("invalid input is rejected with its column and row before anything is sent", async () => {
  const sent: string[] = [];
  const options = { alter: true, onStatement: ({ text }: { text: string }) => sent.push(text) } as const;
  const invalid = await failure(
    insertMany(
      database.sql,
      schema,
      "note",
      [
        { id: 2, title: "a" },
        { id: "x", title: "b", more: 1 },
      ],
      options,
    ),
  );
  expect(invalid).toBeInstanceOf(ValidationError);
  expect((invalid as ValidationError).issues.map(({ path }) => path?.map(({ key }) => key))).toEqual([
    [1, "id"],
  ]);
  const messages: readonly [Record<string, unknown>[], string][] = [
    [
      [
        { id: 2, title: "a", more: 1 },
        { id: 3, title: "b", more: "x" },
      ],
      "note.more, rows[1]: text after bigint, and no type holds both; add the column with addColumn first",
    ],
    [
      [{ id: 2, title: "a", more: expr`now()` }],
      "note.more, rows[0]: a value of this kind has no PostgreSQL type; add the column with addColumn first",
    ],
    [
      [{ id: 2, title: "a", ["x".repeat(64)]: 1 }],
      `the name "${"x".repeat(64)}" has 64 bytes; PostgreSQL stores at most 63 bytes`,
    ],
  ];
  for (const [rows, message] of messages)
    expect((await failure(insertMany(database.sql, schema, "note", rows, options))).message).toBe(message);
  const view = await failure(insert(database.sql, schema, "notes", { id: 2, title: "a", more: 1 }, options));
  expect(view.message).toBe(
    'notes: alter: true cannot add column "more", because the relation is not a table',
  );
  const scoped = scope(schema, { note: { id: 2 } });
  const mine = await failure(insert(database.sql, scoped, "note", { title: "a" }, options));
  expect(mine.message).toBe("a scoped snapshot cannot be used to change tables; pass unscoped(schema)");
  expect(sent).toEqual([]);
  expect(await columns()).toHaveLength(2);
});

test("a column is not added to a partition", async () => {
  await database.sql.unsafe(`create table bill (id int primary key) partition by range (id);
    create table bill_1 partition of bill for values from (1) to (9)`);
  schema = await loadSchema(database.sql);
  const partition = await failure(
    insert(database.sql, schema, "bill_1", { id: 1, more: 1 }, { alter: true }),
  );
  expect(partition.message).toBe(
    'bill_1: alter: true cannot add column "more" to a partition; add it to the partitioned table first',
  );
  await insert(database.sql, schema, "bill", { id: 1, more: 2 }, { alter: true });
  expect(await stored("select id, more::int from bill_1")).toEqual([[1, 2]]);
});

test("an instance of a class adds no columns and stores nothing", async () => {
  class Note {
    id = 2;
    title = "a";
    more = 1;
  }
  const row = new Note() as never;
  for (const write of [
    insert(database.sql, schema, "note", row, { alter: true }),
    insertMany(database.sql, schema, "note", [row], { alter: true }),
  ])
    expect((await failure(write)).message).toBe(
      "note: rows[0] is not a plain object; pass an object { column: value }",
    );
  expect(await stored("select to_json(note)::text from note where id > 1")).toEqual([]);
  expect(
    await stored("select attname from pg_attribute where attrelid = 'note'::regclass and attname = 'more'"),
  ).toEqual([]);
});

test("a row that violates a constraint adds no column", async () => {
  const error = await failure(
    insertMany(database.sql, schema, "note", [{ id: 1, title: "again", more: 1 }], { alter: true }),
  );
  expect(error.name).toBe("ConstraintError");
  expect(await columns()).toEqual([
    ["id", "integer"],
    ["title", "text"],
  ]);
});

test("a column that another session has added meanwhile is used", async () => {
  await database.sql`alter table note add column stars bigint`;
  const { row } = await insert(
    database.sql,
    schema,
    "note",
    { id: 2, title: "new", stars: 3 },
    { alter: true },
  );
  expect(row).toEqual({ id: 2, title: "new", stars: "3" });
  expect(await stored("select stars from note order by id")).toEqual([[null], ["3"]]);
});

test("a column with only empty arrays is text[]", async () => {
  const rows = [
    { id: 2, title: "a", tags: [] },
    { id: 3, title: "b", tags: [null] },
  ];
  const { schema: after } = await insertMany(database.sql, schema, "note", rows, { alter: true });
  expect(await rowsWhere(database.sql, after, "note", { where: { id: 3 } })).toEqual([rows[1]!]);
  expect(newColumnsSql(schema, "note", rows)).toEqual([
    'ALTER TABLE "public"."note" ADD COLUMN IF NOT EXISTS "tags" text[]',
  ]);
});

test("alter adds a column to a partitioned table and thereby to its partitions", async () => {
  await database.sql.unsafe(`create table visit (id int, day int) partition by list (day);
    create table visit_1 partition of visit for values in (1)`);
  const before = await loadSchema(database.sql);
  await insert(database.sql, before, "visit", { id: 1, day: 1, page: "a" }, { alter: true });
  expect(await stored("select id, day, page from visit_1")).toEqual([[1, 1, "a"]]);
});
