// The scope is a part of the primary key, which a row of update and updateMany can have too.
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { loadSchema, type SchemaSnapshot, scope, update, updateMany } from "../../src/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { failure } from "../support/failure.ts";

let database: TestDatabase;
let schema: SchemaSnapshot;
let mine: SchemaSnapshot;

beforeAll(async () => {
  database = await testDatabase({
    template: `
      create table item (tenant numeric, id int, name text, version int not null, primary key (tenant, id))`,
  });
  schema = await loadSchema(database.sql);
  mine = scope(schema, { item: { tenant: "1" } });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.unsafe("truncate item; insert into item values (1, 1, 'mine', 1), (2, 1, 'theirs', 1)");
});

const names = async (): Promise<unknown[]> => [
  ...(await database.sql`select name from item order by tenant`.values()),
];
const unchanged = [["mine"], ["theirs"]];

test("a row of updateMany with the key of another tenant is missing", async () => {
  const { updated, missing } = await updateMany(database.sql, mine, "item", [
    { tenant: "2", id: 1, name: "new" },
  ]);
  expect({ updated, missing }).toEqual({ updated: 0, missing: [0] });
  expect(await names()).toEqual(unchanged);
});

test("it is missing among rows of the own tenant, in any batch", async () => {
  const rows = [
    { tenant: "1", id: 1, name: "first" },
    { tenant: "2", id: 1, name: "second" },
    { id: 1, name: "third" },
    { tenant: "3", id: 1 },
  ];
  const { updated, missing } = await updateMany(database.sql, mine, "item", rows, { returning: ["name"] });
  expect({ updated, missing }).toEqual({ updated: [{ name: "first" }, { name: "third" }], missing: [1, 3] });
  expect(await names()).toEqual([["third"], ["theirs"]]);
});

test("with a version it is missing, not stale", async () => {
  const rows = [{ tenant: "2", id: 1, name: "new", version: 1 }];
  const result = await updateMany(database.sql, mine, "item", rows, { version: "version" });
  expect(result).toEqual({ updated: 0, missing: [0], stale: [], suppressed: [] });
  expect(await names()).toEqual(unchanged);
});

test("another text of the scope's value is the same key", async () => {
  expect(await updateMany(database.sql, mine, "item", [{ tenant: "1.0", id: 1, name: "new" }])).toMatchObject(
    { updated: 1, missing: [] },
  );
  expect(await names()).toEqual([["new"], ["theirs"]]);
});

test("a value of the scope that is no key is an issue of its row", async () => {
  const rows = [
    { id: 1, name: "new" },
    { tenant: null, id: 1, name: "new" },
  ];
  const error = await failure(updateMany(database.sql, mine, "item", rows));
  expect(error.message).toContain("tenant, rows[1]: Expected a value of the primary key, received null");
  expect(await names()).toEqual(unchanged);
});

test("a row of update without the scope's column is that of the scope", async () => {
  expect(await update(database.sql, mine, "item", { id: 1, name: "new" })).toMatchObject({ tenant: "1" });
  await update(database.sql, mine, "item", { id: 1, name: "newer", version: 1 }, { version: "version" });
  expect(await names()).toEqual([["newer"], ["theirs"]]);
  const error = await failure(update(database.sql, mine, "item", { name: "new" }));
  expect(error.message).toBe("item.id: the value is missing; the whole primary key is required");
});
