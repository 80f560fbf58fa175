// extract stores each value once, so equal values with different texts would change.
import { beforeEach, expect, test } from "bun:test";
import { extract, extractSql } from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";
import { freshTables } from "../support/fresh-tables.ts";

const { renew, plain } = freshTables("drop schema if exists public cascade; create schema public;");
let database: TestDatabase;

beforeEach(async () => {
  ({ database } = await renew());
});

test.each<[string, readonly string[]]>([
  ["numeric", ["1.0", "1.00"]],
  ["float8", ["0", "-0"]],
  ["interval", ["1 day", "24:00:00"]],
  ["jsonb", ["1.0", "1.00"]],
  ["numrange", ["[1.0,2)", "[1.00,2)"]],
  ["numeric[]", ["{1.0}", "{1.00}"]],
  ["priced", ["(1.0)", "(1.00)"]],
  ["text collate anycase", ["A", "a"]],
  ["folded", ["A", "a"]],
])(
  "extract rejects equal values of type %s with different texts, and changes nothing",
  async (type, texts) => {
    const { sql } = database;
    await sql.unsafe("create type priced as (price numeric)");
    await sql.unsafe(
      "create collation anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    await sql.unsafe("create domain folded as text collate anycase");
    await sql.unsafe(`create table item (id int primary key, v ${type})`);
    for (const [at, text] of [...texts, texts[0]].entries())
      await sql.unsafe(`insert into item values (${at}, '${text}')`);
    const before = await loadSchema(sql);
    const attempt = (): Promise<SchemaSnapshot> => extract(sql, before, "item", "v", { into: "value" });
    await expect(attempt()).rejects.toThrow(
      "item (v): some values are equal for PostgreSQL but have different texts",
    );
    expect(await plain("select v::text from item order by id")).toEqual(
      [...texts, texts[0]].map(text => [text]),
    );
    await sql.unsafe("delete from item where id = 1");
    await attempt();
    expect(
      await plain("select i.id, v.v::text from item i join value v on v.id = i.value_id order by 1"),
    ).toEqual([
      [0, texts[0]],
      [2, texts[0]],
    ]);
    // An existing table has the first text of the value.
    await sql
      .unsafe(
        `create table other (id int primary key, v ${type}); insert into other values (1, '${texts[1]}')`,
      )
      .simple();
    const other = extract(sql, await loadSchema(sql), "other", "v", { into: "value", ifNotExists: true });
    await expect(other).rejects.toThrow("have different texts");
  },
);

test("extract rejects a type without an order before anything is sent", async () => {
  await database.sql.unsafe("create table item (id int primary key, v json)");
  const now = await loadSchema(database.sql);
  expect(() => extractSql(now, "item", "v", { into: "value" })).toThrow(
    "item.v: extract stores each value once, and type json has no order",
  );
});

test.each([
  ...["bool", "int2", "int4", "int8", "text", "varchar(9)", "char(9)", "uuid", "bytea", "color"],
  ...["date", "time", "timestamp", "timestamptz"],
])("extract does not compare the texts of type %s, whose equal values have one text", async type => {
  await database.sql.unsafe(
    `create type color as enum ('red'); create table item (id int primary key, v ${type})`,
  );
  const now = await loadSchema(database.sql);
  expect(extractSql(now, "item", "v", { into: "value" })).toContain(
    'INSERT INTO "public"."value" ("v") SELECT DISTINCT "v" FROM "public"."item" WHERE "v" IS NOT NULL',
  );
});
