import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ArgumentError,
  ConstraintError,
  deleteMany,
  loadSchema,
  type SchemaSnapshot,
  scope,
  UnknownNameError,
} from "../../src/index.ts";
import { deleteManySql } from "../../src/statements/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { recorder } from "../support/recording.ts";

const TEMPLATE = `
create table shop (shop_id int primary key);
create table item (item_id int primary key, shop_id int not null references shop, name text not null, n int);
create table seat (line char(3), number int, sold_on date, primary key (line, number));
create table log (message text);
insert into shop values (1), (2);`;

let database: TestDatabase;
let schema: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({ template: TEMPLATE });
  schema = await loadSchema(database.sql);
});
afterAll(() => database.drop());

async function fill(): Promise<void> {
  await database.sql`truncate item, seat`;
  await database.sql`insert into item select i, i % 2 + 1, 'item ' || i, i from generate_series(1, 5) i`;
  await database.sql`insert into seat values ('A', 1, '2026-11-28'), ('A', 2, null), ('B', 1, null)`;
}

const itemIds = async (): Promise<unknown[]> =>
  (await database.sql`select item_id from item order by 1`.values()).flat();

test("deleteMany deletes the rows in one statement and counts only existing ones", async () => {
  await fill();
  const { sent, onStatement } = recorder();
  expect(await deleteMany(database.sql, schema, "item", [1, 3, 3, 99], { onStatement })).toBe(2);
  expect(sent).toEqual([
    {
      text: 'DELETE FROM "public"."item" USING (SELECT "keys".* FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n"), "public"."item" WHERE "item"."item_id" = "keys"."k1"::int4 ORDER BY "item"."item_id" FOR UPDATE OF "item") AS "keys" WHERE "item"."item_id" = "keys"."k1"::int4',
      params: ["{1,3,99}"],
    },
  ]);
  expect(await itemIds()).toEqual([2, 4, 5]);
});

test("deleteMany returns the deleted rows in the order of their keys", async () => {
  await fill();
  const rows = await deleteMany(database.sql, schema, "item", [5, 99, 1, 3], { returning: ["name", "n"] });
  expect(rows).toEqual([
    { name: "item 5", n: 5 },
    { name: "item 1", n: 1 },
    { name: "item 3", n: 3 },
  ]);
  expect(await deleteMany(database.sql, schema, "item", [4], { returning: true })).toEqual([
    { item_id: 4, shop_id: 1, name: "item 4", n: 4 },
  ]);
  expect(await itemIds()).toEqual([2]);
});

test("a row that several keys mean is returned at the position of the first one", async () => {
  await fill();
  const options = { returning: ["n"] } as const;
  const keys = [5, 1, 3, 5, 5];
  expect(await deleteMany(database.sql, schema, "item", keys, options)).toEqual([
    { n: 5 },
    { n: 1 },
    { n: 3 },
  ]);
  await database.sql.unsafe(
    "create table price (amount numeric primary key); insert into price values (1.5), (2), (3)",
  );
  const own = await loadSchema(database.sql);
  const amounts = ["2.00", "1.50", "2", "1.5"];
  expect(await deleteMany(database.sql, own, "price", amounts, { returning: true })).toEqual([
    { amount: "2" },
    { amount: "1.5" },
  ]);
});

test("deleteMany accepts keys of several columns in both forms", async () => {
  await fill();
  const keys = [["A", 1], { number: 1, line: "B" }];
  expect(await deleteMany(database.sql, schema, "seat", keys)).toBe(2);
  expect(await database.sql`select line, number from seat`.values()).toEqual([["A  ", 2]]);
});

test("deleteMany of no keys deletes nothing", async () => {
  await fill();
  expect(await deleteMany(database.sql, schema, "item", [])).toBe(0);
  expect(await deleteMany(database.sql, schema, "item", [], { returning: true })).toEqual([]);
  expect(await itemIds()).toEqual([1, 2, 3, 4, 5]);
});

test("deleteMany leaves rows outside the scope unchanged", async () => {
  await fill();
  const mine = scope(schema, { item: { shop_id: 1 } });
  expect(deleteManySql(mine, "item", [1, 2])).toEqual({
    text: 'DELETE FROM "public"."item" USING (SELECT "keys".* FROM unnest($1::text::text[]) WITH ORDINALITY AS "keys" ("k1", "n"), "public"."item" WHERE "item"."item_id" = "keys"."k1"::int4 AND "item"."shop_id" = $3::text::int4 ORDER BY "item"."item_id" FOR UPDATE OF "item") AS "keys" WHERE "item"."item_id" = "keys"."k1"::int4 AND "item"."shop_id" = $2::text::int4',
    params: ["{1,2}", "1", "1"],
    output: [],
    number: undefined,
  });
  expect(await deleteMany(database.sql, mine, "item", [1, 2, 3, 4])).toBe(2);
  expect(await itemIds()).toEqual([1, 3, 5]);
});

test("deleteMany of a referenced row deletes nothing", async () => {
  await fill();
  await database.sql`insert into shop values (3)`;
  const error: unknown = await deleteMany(database.sql, schema, "shop", [3, 1]).catch(failure => failure);
  expect(error).toBeInstanceOf(ConstraintError);
  expect(await database.sql`select count(*)::int from shop`.values()).toEqual([[3]]);
});

test("deleteMany rejects an invalid key, column or table before anything is sent", async () => {
  const { sent, onStatement } = recorder();
  const attempt = (table: string, keys: unknown[], returning?: string[]): Promise<unknown> =>
    deleteMany(database.sql, schema, table, keys, { onStatement, ...(returning && { returning }) }).catch(
      failure => failure,
    );
  expect(await attempt("seat", ["A"])).toBeInstanceOf(ArgumentError);
  expect(await attempt("log", [1])).toBeInstanceOf(ArgumentError);
  expect(await attempt("item", [1], ["nam"])).toBeInstanceOf(UnknownNameError);
  expect(await attempt("itm", [1])).toBeInstanceOf(UnknownNameError);
  expect(sent).toEqual([]);
});
