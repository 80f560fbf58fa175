import { beforeEach, expect, test } from "bun:test";
import * as v from "valibot";
import {
  type ColumnEntries,
  type CreateTableOptions,
  createTable,
  createTableSql,
} from "../../src/ddl/index.ts";
import { columnsInfo, insert, type SchemaSnapshot, validateInsert } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { createdTable } from "../support/created-table.ts";
import { freshTables } from "../support/fresh-tables.ts";

const START = `
  drop schema if exists public, audit cascade; create schema public; create schema audit;
  create type mood as enum ('sad', 'happy');
  create table author (id int primary key, code text unique, a int, b int, unique (a, b));
  create table book (id int primary key, author_id int references author);
  create view authors as select id from author;`;

const { renew, plain } = freshTables(START);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

test("every Valibot schema with a PostgreSQL type is converted to this type", async () => {
  const entries: Readonly<Record<string, readonly [v.GenericSchema, string]>> = {
    text: [v.string(), "text"],
    short: [v.pipe(v.string(), v.maxLength(9)), "character varying(9)"],
    points: [v.pipe(v.string(), v.maxCodePoints(9), v.maxLength(5)), "character varying(5)"],
    float: [v.number(), "double precision"],
    whole: [v.pipe(v.number(), v.integer()), "bigint"],
    safe: [v.pipe(v.number(), v.safeInteger()), "bigint"],
    small: [v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)), "integer"],
    big: [v.bigint(), "bigint"],
    flag: [v.boolean(), "boolean"],
    at: [v.date(), "timestamp with time zone"],
    id: [v.pipe(v.string(), v.uuid()), "uuid"],
    day: [v.pipe(v.string(), v.isoDate()), "date"],
    moment: [v.pipe(v.string(), v.isoTimestamp()), "timestamp with time zone"],
    local: [v.pipe(v.string(), v.isoDateTime()), "timestamp without time zone"],
    time: [v.pipe(v.string(), v.isoTimeSecond()), "time without time zone"],
    money: [v.pipe(v.string(), v.decimal()), "numeric"],
    address: [v.pipe(v.string(), v.ip()), "inet"],
    hardware: [v.pipe(v.string(), v.mac()), "macaddr"],
    tier: [v.picklist(["free", "pro"]), "text"],
    level: [v.picklist([1, 2]), "bigint"],
    ratio: [v.picklist([1, 2.5]), "double precision"],
    enumerated: [v.enum({ A: "a", B: "b" }), "text"],
    kind: [v.literal("note"), "text"],
    either: [v.union([v.literal("a"), v.picklist(["b", "c"])]), "text"],
    tags: [v.array(v.string()), "text[]"],
    grid: [v.array(v.array(v.number())), "double precision[]"],
    object: [v.object({ a: v.string() }), "jsonb"],
    record: [v.record(v.string(), v.number()), "jsonb"],
    tuple: [v.tuple([v.string(), v.number()]), "jsonb"],
    objects: [v.array(v.object({ a: v.string() })), "jsonb"],
    bytes: [v.instance(Uint8Array), "bytea"],
    brand: [v.pipe(v.string(), v.trim(), v.brand("Name")), "text"],
    parsed: [v.pipe(v.string(), v.transform(Number), v.number()), "double precision"],
    converted: [v.pipe(v.string(), v.toDate()), "timestamp with time zone"],
  };
  const columns = Object.fromEntries(Object.entries(entries).map(([name, [entry]]) => [name, entry]));
  const after = await createTable(database.sql, schema, "typed", columns, { primaryKey: null });
  const info = columnsInfo(after, "typed");
  const types = Object.fromEntries(Object.values(info).map(({ name, type }) => [name, type]));
  expect(types).toEqual(Object.fromEntries(Object.entries(entries).map(([name, [, type]]) => [name, type])));
  expect(Object.values(info).every(({ notNull }) => notNull)).toBe(true);
});

test("an entry without a PostgreSQL type is rejected with the column's name", () => {
  const rejected: readonly (readonly [unknown, string])[] = [
    [v.any(), 'note.x: v.any has no PostgreSQL type; name a PostgreSQL type instead, such as "jsonb"'],
    [v.unknown(), "v.unknown has no PostgreSQL type"],
    [v.map(v.string(), v.string()), "v.map has no"],
    [v.union([v.string(), v.number()]), "the members of its v.union have different types"],
    [v.picklist(["a", 1]), 'its values "a", 1 have no common type'],
    [v.instance(Map), "v.instance(Map) has no"],
    [v.pipe(v.string(), v.transform(Number)), "the result of transform has no known type"],
    [
      v.optional(v.date(), () => new Date()),
      "its default is a function; give the default with defaults, such as expr`now()`",
    ],
    [v.nullable(v.lazy(() => v.string())), "v.lazy has no"],
    [
      5,
      "note.x must be the name of a PostgreSQL type, expr or a valibot schema, received 5; pass keys, foreign keys and defaults as options",
    ],
    ["strin", 'type "strin" does not exist'],
    [v.optional(v.pipe(v.number(), v.integer()), 1.5), "note.x, default: expected a 64-bit integer"],
  ];
  for (const [entry, message] of rejected)
    expect(() => createTableSql(schema, "note", { x: entry } as ColumnEntries)).toThrow(message);
});

test("optional and nullable entries, defaults, rules and descriptions are converted", async () => {
  const columns = {
    title: v.pipe(v.string(), v.minLength(3), v.description("What it's called")),
    stars: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)), 3),
    body: v.nullable(v.string()),
    extra: v.optional(v.pipe(v.string(), v.maxBytes(10))),
    tags: v.optional(v.pipe(v.array(v.string()), v.maxLength(2)), ["it's", "b\\c"]),
    doc: v.nullish(v.object({ a: v.number() }), { a: 1 }),
    since: v.optional(
      v.pipe(v.date(), v.minValue(new Date("2020-01-01T00:00:00Z"))),
      new Date("2021-02-03Z"),
    ),
    tier: v.optional(v.picklist(["free", "pro"]), "free"),
    either: v.union([v.string(), v.null()]),
  };
  const after = await createdTable(database, schema, "note", columns, {}, [
    `CREATE TABLE "public"."note" (
  "id" bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  "title" text NOT NULL,
  "stars" integer DEFAULT 3 NOT NULL,
  "body" text,
  "extra" text,
  "tags" text[] DEFAULT E'{"it''s","b\\\\\\\\c"}' NOT NULL,
  "doc" jsonb DEFAULT '{"a":1}',
  "since" timestamp with time zone DEFAULT '2021-02-03T00:00:00.000Z' NOT NULL,
  "tier" text DEFAULT 'free' NOT NULL,
  "either" text,
  CONSTRAINT "note_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "note_title_check" CHECK ("title" <> ''),
  CONSTRAINT "note_stars_check" CHECK ("stars" >= 1),
  CONSTRAINT "note_stars_check1" CHECK ("stars" <= 5),
  CONSTRAINT "note_extra_check" CHECK (octet_length("extra") <= 10),
  CONSTRAINT "note_tags_check" CHECK (cardinality("tags") <= 2),
  CONSTRAINT "note_since_check" CHECK ("since" >= '2020-01-01T00:00:00.000Z'),
  CONSTRAINT "note_tier_check" CHECK ("tier" IN ('free', 'pro'))
)`,
    `COMMENT ON COLUMN "public"."note"."title" IS 'What it''s called'`,
  ]);
  expect(await insert(database.sql, after, "note", { title: "abc", either: null })).toEqual({
    id: "1",
    title: "abc",
    stars: 3,
    body: null,
    extra: null,
    tags: ["it's", "b\\c"],
    doc: { a: 1 },
    since: new Date("2021-02-03Z"),
    tier: "free",
    either: null,
  });
  const issues = validateInsert(after, "note", {
    title: "",
    stars: 6,
    tags: ["a", "b", "c"],
    tier: "x",
  }).issues;
  expect(issues.map(({ path }) => path?.[0].key)).toEqual(["title", "stars", "tags", "tier"]);
});

test("a literal default is stored literally: the string now() is not a function call, and quotes are preserved", async () => {
  const defaults = { plain: "now()", quoted: "O'Brien", number: "0.10" };
  const columns = { plain: "text", quoted: "text", number: "numeric(10,2)" };
  const after = await createTable(database.sql, schema, "note", columns, { defaults });
  expect(await insert(database.sql, after, "note", {})).toEqual({ id: "1", ...defaults });
  expect(await plain("select plain, quoted, number::text from note")).toEqual([["now()", "O'Brien", "0.10"]]);
  expect(() => createTableSql(schema, "note", { at: "timestamptz" }, { defaults: { at: "now()" } })).toThrow(
    "note.at, default: expected",
  );
});

test("number columns store every JavaScript number exactly", async () => {
  const columns = { ratio: v.number(), whole: v.pipe(v.number(), v.integer()) };
  const after = await createTable(database.sql, schema, "note", columns);
  await insert(database.sql, after, "note", { ratio: 3.2, whole: 2 ** 31 });
  await insert(database.sql, after, "note", { ratio: 5e-324, whole: Number.MAX_SAFE_INTEGER });
  expect(await plain("select ratio::text, whole::text from note order by id")).toEqual([
    ["3.2", "2147483648"],
    ["5e-324", "9007199254740991"],
  ]);
});

test("a single integer key is an identity column, unless it refers to another table or identity is null", () => {
  const sql = (columns: ColumnEntries, options: CreateTableOptions): string =>
    createTableSql(schema, "note", columns, options)[0]!.split("\n")[1]!;
  expect(sql({ id: v.pipe(v.number(), v.integer()) }, {})).toContain("GENERATED BY DEFAULT");
  expect(sql({ n: "int" }, { primaryKey: "n", identity: "always" })).toContain("GENERATED ALWAYS");
  expect(sql({ n: "int" }, { primaryKey: "n", identity: null })).toBe('  "n" integer NOT NULL,');
  expect(sql({ n: "int" }, { primaryKey: "n", foreignKeys: { n: "author" } })).toBe(
    '  "n" integer NOT NULL,',
  );
  expect(sql({ n: "int" }, { primaryKey: "n", defaults: { n: 7 } })).toBe(
    '  "n" integer DEFAULT 7 NOT NULL,',
  );
  expect(sql({ n: "text" }, { primaryKey: "n" })).toBe('  "n" text NOT NULL,');
});
