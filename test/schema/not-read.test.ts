// References from tables of the loaded PostgreSQL schemas to other schemas.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { relationOf } from "../../src/schema/relation-of.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";

const TABLES = `
create schema other;
create table other.target (b int, gone int, a int, primary key (a, b));
alter table other.target drop column gone;
create domain other.d1 as int[] not null;
create domain other.d2 as other.d1;
create domain other.d3 as other.d2;
create domain other.d4 as other.d3;
create domain other.d5 as other.d4;
create type other.nothing as ();
create type other.holds as (row_of other.target, nothing other.nothing);
create domain other.unused as text;
create table refers (x int, y int, deep other.d5, held other.holds[], catalog pg_am, foreign key (y, x) references other.target);
create table "z\u{ffff}" (id int);
create table "z🎵" (id int);
create table za (id int);`;

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: TABLES });
  schema = await loadSchema(database.sql, { schemas: ["public"] });
});
afterAll(() => database.drop());

test("a foreign key has the table and columns of another PostgreSQL schema", () => {
  expect(relationOf(schema, "refers").foreignKeys[0]).toMatchObject({
    columns: ["y", "x"],
    references: { schema: "other", name: "target", columns: ["a", "b"] },
  });
});

test("a snapshot has the types of its columns with their component types at any depth, and no others", () => {
  const names = Object.keys(schema.types).filter(name => name.startsWith("other."));
  expect(names.toSorted()).toEqual([
    "other._holds",
    ...[1, 2, 3, 4, 5].map(number => `other.d${number}`),
    "other.holds",
    "other.nothing",
    "other.target",
  ]);
  expect(schema.types["other.target"]).toMatchObject({
    kind: "composite",
    attributes: [{ name: "b" }, { name: "a" }],
  });
  expect(schema.types["other.nothing"]).toMatchObject({ kind: "composite", attributes: [] });
  expect(schema.types["pg_am"]).toMatchObject({ attributes: [{ name: "oid" }, { name: "amname" }, {}, {}] });
  expect(relationOf(schema, "refers").columns.map(({ notNull }) => notNull)).toEqual([
    false,
    false,
    true,
    false,
    false,
  ]);
});

test("relations are sorted by the bytes of their names", () => {
  expect(schema.relations.map(({ name }) => name)).toEqual(["refers", "za", "z\u{ffff}", "z🎵"]);
});

test("a transaction keeps its own jit setting", async () => {
  await database.sql.begin(async tx => {
    await tx`set local jit = on`;
    expect(await loadSchema(tx, { schemas: ["public"] })).toEqual(schema);
    expect(await tx`show jit`.values()).toEqual([["on"]]);
  });
});
