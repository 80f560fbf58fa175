import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  columnDefaults,
  comments,
  indexes,
  loadSchema,
  type SchemaSnapshot,
  sequences,
  triggers,
  UnknownNameError,
  viewDefinition,
} from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table item (id serial primary key, code text unique, name text default 'x', at timestamptz default now(), twice int generated always as (1 + 1) stored, "__proto__" int default 5);
      create index item_name on item (lower(name)) where name is not null;
      comment on table item is 'Things'; comment on column item.code is 'From the label';
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touch before update of name on item for each row execute function touch();
      create view named as select id, name from item where name is not null;
      create sequence number increment 5;
      create schema other; create sequence other.number;`,
  });
  schema = await loadSchema(database.sql, { schemas: ["public", "other"] });
});
afterAll(() => database.drop());

test("indexes include the indexes of keys", () => {
  expect(
    indexes(schema, "item").map(({ name, isPrimary, isUnique, predicate }) => [
      name,
      isPrimary,
      isUnique,
      predicate,
    ]),
  ).toEqual([
    ["item_pkey", true, true, null],
    ["item_code_key", false, true, null],
    ["item_name", false, false, "(name IS NOT NULL)"],
  ]);
});

test("triggers have their function and definition", () => {
  const [trigger, ...others] = triggers(schema, "item");
  expect(others).toEqual([]);
  expect([trigger!.name, trigger!.columns, trigger!.state]).toEqual(["touch", ["name"], "enabled"]);
  expect(trigger!.definition).toStartWith("CREATE TRIGGER touch BEFORE UPDATE OF name ON public.item");
});

test("the definition of a view is its query, and a table has no definition", async () => {
  const [{ text }] = await database.sql`select pg_get_viewdef('named'::regclass) as text`;
  const plain = (query: string): string => query.replaceAll(/\s+|;/g, "").replaceAll("public.", "");
  expect(plain(viewDefinition(schema, "named"))).toBe(plain(text));
  expect(() => viewDefinition(schema, "item")).toThrow(new ArgumentError("item is not a view"));
});

test("defaults are SQL, exclude identity and generated columns, and exist for columns with any name", () => {
  const defaults = columnDefaults(schema, "item") as Record<string, string>;
  expect(Object.entries(defaults)).toEqual([
    ["id", "nextval('public.item_id_seq'::regclass)"],
    ["name", "'x'::text"],
    ["at", "now()"],
    ["__proto__", "5"],
  ]);
});

test("comments of the table and of its columns", () => {
  expect(comments(schema, "item")).toEqual({ table: "Things", columns: { code: "From the label" } });
  expect(comments(schema, "named")).toEqual({ table: null, columns: {} });
});

test("sequences have their owners and can be restricted to one PostgreSQL schema", () => {
  const names = (list: ReturnType<typeof sequences>) =>
    list.map(({ schema: space, name, ownedBy }) => [space, name, ownedBy?.column ?? null]);
  expect(names(sequences(schema))).toEqual([
    ["other", "number", null],
    ["public", "item_id_seq", "id"],
    ["public", "number", null],
  ]);
  expect(names(sequences(schema, { schema: "other" }))).toEqual([["other", "number", null]]);
  expect(sequences(schema).at(-1)!.increment).toBe("5");
  expect(() => sequences(schema, { schema: "othr" })).toThrow(
    'PostgreSQL schema "othr" does not exist in the snapshot; did you mean "other"?',
  );
});

test("an unknown table is rejected", () => {
  for (const lookUp of [indexes, triggers, viewDefinition, columnDefaults, comments])
    expect(() => (lookUp as typeof indexes)(schema, "itme")).toThrow(UnknownNameError);
});
