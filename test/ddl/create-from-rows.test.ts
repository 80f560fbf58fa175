import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { createFromRows, createFromRowsSql } from "../../src/ddl/index.ts";
import {
  columnsInfo,
  insert,
  loadSchema,
  rowsWhere,
  type SchemaSnapshot,
  ValidationError,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe("drop schema if exists public cascade; create schema public");
  schema = await loadSchema(database.sql);
});

const plain = async (text: string): Promise<unknown[][]> => [...(await database.sql.unsafe(text).values())];

const ROWS = [
  {
    id: 7,
    whole: 1,
    part: 1,
    flag: true,
    name: "it's",
    at: new Date("2024-01-02T03:04:05Z"),
    bytes: new Uint8Array([1, 2]),
    big: 5,
    huge: 2n ** 70n,
    tags: [],
    numbers: [1, 2.5, null],
    object: { a: [1] },
    mixed: [1, "a"],
    nothing: null,
  },
  { id: 8, whole: null, part: 0.5, big: 2n ** 62n, tags: ["a"], huge: 1, late: "x", mixed: [{ a: 1 }] },
];

test("the type of each column can store all its values exactly", async () => {
  const after = await createFromRows(database.sql, schema, "thing", ROWS);
  const types = Object.values(columnsInfo(after, "thing")).map(({ name, type }) => [name, type]);
  expect(types).toEqual([
    ["id", "bigint"],
    ["whole", "bigint"],
    ["part", "double precision"],
    ["flag", "boolean"],
    ["name", "text"],
    ["at", "timestamp with time zone"],
    ["bytes", "bytea"],
    ["big", "bigint"],
    ["huge", "numeric"],
    ["tags", "text[]"],
    ["numbers", "double precision[]"],
    ["object", "jsonb"],
    ["mixed", "jsonb"],
    ["nothing", "text"],
    ["late", "text"],
  ]);
  expect(await rowsWhere(database.sql, after, "thing", { orderBy: "id" })).toEqual([
    { ...ROWS[0], id: "7", whole: "1", big: "5", huge: String(2n ** 70n), late: null },
    {
      ...{ id: "8", whole: null, part: 0.5, flag: null, name: null, at: null, bytes: null },
      ...{ big: String(2n ** 62n), huge: "1", tags: ["a"], numbers: null, object: null },
      ...{ mixed: [{ a: 1 }], nothing: null, late: "x" },
    },
  ]);
  expect(
    await plain(
      "select whole::text, part, flag, big::text, huge::text, tags::text, mixed::text from thing order by id",
    ),
  ).toEqual([
    ["1", 1, true, "5", "1180591620717411303424", "{}", '[1, "a"]'],
    [null, 0.5, null, "4611686018427387904", "1", "{a}", '[{"a": 1}]'],
  ]);
  expect(after).toEqual(await loadSchema(database.sql));
});

test("the next row continues after the key values of the inserted rows", async () => {
  const after = await createFromRows(database.sql, schema, "thing", [{ id: 7 }, { id: 8 }]);
  expect(await insert(database.sql, after, "thing", {})).toEqual({ id: "9" });
});

test("rows without a key get one from an identity column", async () => {
  const after = await createFromRows(database.sql, schema, "thing", [{ name: "a" }, { name: "b" }]);
  expect(await insert(database.sql, after, "thing", { name: "c" })).toEqual({ id: "3", name: "c" });
});

test("columns sets types explicitly, and the options of createTable are applied", async () => {
  const options = {
    columns: { price: "numeric(10,2) not null", note: "text" },
    primaryKey: "name",
    replace: true,
  };
  expect(createFromRowsSql(schema, "thing", [{ name: "a", price: "1.50" }], options)).toEqual([
    'DROP TABLE IF EXISTS "public"."thing"',
    'CREATE TABLE "public"."thing" (\n  "name" text NOT NULL,\n  "price" numeric(10,2) NOT NULL,\n  "note" text,\n' +
      '  CONSTRAINT "thing_pkey" PRIMARY KEY ("name")\n)',
  ]);
  await createFromRows(database.sql, schema, "thing", [{ name: "a", price: "1.50" }], options);
  expect(await plain("select * from thing")).toEqual([["a", "1.50", null]]);
});

test("without rows the given columns are those of the table", () => {
  expect(createFromRowsSql(schema, "thing", [], { columns: { name: "text" }, primaryKey: "name" })).toEqual([
    'CREATE TABLE "public"."thing" (\n  "name" text NOT NULL,\n  CONSTRAINT "thing_pkey" PRIMARY KEY ("name")\n)',
  ]);
});

test("a column may be named like a property of Object.prototype", () => {
  const rows = [{ id: 1, constructor: "a", toString: 3 }] as object[];
  expect(createFromRowsSql(schema, "odd", rows)[0]).toContain(
    '"constructor" text,\n  "toString" bigint,\n  CONSTRAINT',
  );
});

test("values that no type can store are rejected with column and row", () => {
  const rejected: readonly (readonly [readonly object[], string])[] = [
    [[{ a: 1 }, { a: "x" }], "thing.a, rows[1]: text after bigint, and no type holds both"],
    [[{ a: new Map() }], "thing.a, rows[0]: a value of this kind has no PostgreSQL type"],
    [[{ a: undefined }], "thing.a, rows[0]"],
    [[new (class Thing {})()], "thing: rows[0] is not a plain object; pass an object { column: value }"],
    [[[1] as unknown as object], "thing: rows[0] is not a plain object; pass an object { column: value }"],
    [[], "thing: columns cannot be detected without rows"],
  ];
  for (const [rows, message] of rejected)
    expect(() => createFromRowsSql(schema, "thing", rows)).toThrow(message);
});

test("without ifNotExists nothing is sent before CREATE TABLE", async () => {
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): number => sent.push(text);
  await createFromRows(database.sql, schema, "word", [{ id: 1 }], { onStatement });
  expect(sent[0]).toStartWith('CREATE TABLE "public"."word"');
});

test("onStatement receives all statements, with the one for the rows", async () => {
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): number => sent.push(text.split(" ")[0]!);
  await createFromRows(database.sql, schema, "word", [{ id: 1 }], { onStatement });
  expect(sent).toEqual(["CREATE", "INSERT", "SELECT"]);
});

test("no table is created if a row violates a constraint", async () => {
  const options = { columns: { name: "varchar(2)" } };
  const rows = [{ name: "ab" }, { name: "abc" }];
  await expect(createFromRows(database.sql, schema, "thing", rows, options)).rejects.toThrow(ValidationError);
  expect(await plain("select from pg_tables where tablename = 'thing'")).toEqual([]);
});
