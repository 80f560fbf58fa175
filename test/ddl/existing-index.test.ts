// `createIndex` with `ifNotExists` and an index of that name, and an index that could not be finished.
import { beforeEach, expect, test } from "bun:test";
import { type CreateIndexOptions, createIndex, type IndexKey } from "../../src/ddl/index.ts";
import { desc, expr, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";
import { freshTables } from "../support/fresh-tables.ts";

const { renew, plain } = freshTables(`
  drop schema if exists public, odd cascade; create schema public; create schema odd;
  create extension pg_trgm with schema odd;
  create table fan (id int primary key, name text, left_at date); insert into fan values (1, 'Ann'), (2, 'Ann')`);
let database: TestDatabase;
let schema: SchemaSnapshot;

beforeEach(async () => {
  ({ database, schema } = await renew());
});

const different = "fan: i already exists and is different; choose a different name, or drop it first";
const create = (
  now: SchemaSnapshot,
  columns: IndexKey | readonly IndexKey[],
  options: CreateIndexOptions = {},
): Promise<unknown> =>
  createIndex(database.sql, now, "fan", columns, { name: "i", ifNotExists: true, ...options });

type Case = readonly [string, IndexKey | readonly IndexKey[], CreateIndexOptions?];

test.each<Case>([
  ["index i on fan (name) where left_at is null", "name"],
  ["unique index i on fan (name, id) where left_at is null", ["name", "id"], { unique: true }],
  ["index i on fan (name)", "name", { where: expr`left_at is null` }],
  ["index i on fan using hash (name)", "name"],
  ["index i on fan (name)", "name", { method: "hash" }],
  ["index i on fan (name desc)", "name"],
  ["index i on fan (name nulls first)", "name"],
  ["index i on fan (lower(name) desc)", expr`lower(name)`],
  ["index i on fan (name)", desc("name")],
  ["index i on fan (name) include (id)", "name"],
  ["index i on fan (name text_pattern_ops)", "name"],
  ["index i on fan (name)", { key: "name", operatorClass: "text_pattern_ops" }],
  [
    "index i on fan using brin (id)",
    { key: "id", operatorClass: "pg_catalog.int4_minmax_multi_ops" },
    { method: "brin" },
  ],
  ['index i on fan (name collate "C")', "name"],
])(
  "ifNotExists rejects an existing %s if it requests another one",
  async (existing, columns, options = {}) => {
    await database.sql.unsafe(`create ${existing}`);
    await expect(create(await loadSchema(database.sql), columns, options)).rejects.toThrow(different);
    // The snapshot is older than the index.
    await expect(create(schema, columns, options)).rejects.toThrow(different);
  },
);

test.each<Case>([
  ["index i on fan (name desc nulls first)", desc("name")],
  ["index i on fan (name text_pattern_ops)", { key: "name", operatorClass: "pg_catalog.text_pattern_ops" }],
  ["index i on fan (name text_pattern_ops desc)", { key: desc("name"), operatorClass: "text_pattern_ops" }],
  ["index i on fan (name)", { key: "name", operatorClass: "text_ops" }],
  [
    "index i on fan using gin (name odd.gin_trgm_ops)",
    { key: "name", operatorClass: "odd.gin_trgm_ops" },
    { method: "gin" },
  ],
  ["index i on fan (lower(name), id)", [expr`lower(name)`, "id"]],
  ["index i on fan (name) include (id)", "name", { include: ["id"] }],
  ["index i on fan using hash (name)", "name", { method: "hash" }],
  ["index i on fan (name) where left_at is null", "name", { where: expr`left_at IS NULL` }],
])(
  "ifNotExists leaves an existing %s unchanged if it requests it",
  async (existing, columns, options = {}) => {
    await database.sql.unsafe(`create ${existing}`);
    const before = await plain("select 'i'::regclass::oid");
    await create(await loadSchema(database.sql), columns, options);
    await create(schema, columns, options);
    expect(await plain("select 'i'::regclass::oid")).toEqual(before);
  },
);

test("ifNotExists rejects an index that was not finished", async () => {
  await failure(database.sql.unsafe("create unique index concurrently i on fan (name)"));
  const message =
    "fan: i already exists, but is invalid, because it was not finished; drop it with dropIndex first";
  const options = { unique: true, concurrently: true };
  await expect(create(await loadSchema(database.sql), "name", options)).rejects.toThrow(message);
  await expect(create(schema, "name", options)).rejects.toThrow(message);
});
