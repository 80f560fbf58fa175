// NULL on each side of a comparison, and columns that are not known to be NOT NULL.
import { beforeEach, describe, expect, test } from "bun:test";
import { ArgumentError, insert, insertMany, loadSchema, page, upsert, upsertMany } from "../../src/index.ts";
import { pageSql } from "../../src/statements/index.ts";
import { testDatabase } from "../../src/testing/index.ts";
import { testTables } from "../support/test-tables.ts";

// Rows 1 to 3 exist: NULL, 5 and NULL.
const { sql, schema, plain } = await testTables(
  `create table item (id int primary key, a int, b text);
   create domain code as text default 'base'; create domain nested as code;
   create domain own as code default 'own';
   create table coded (id int primary key, code code not null, nested nested not null, own own not null);`,
  "truncate item, coded; insert into item values (1, null, 'x'), (2, 5, 'x'), (3, null, 'x')",
);

const CHANGES = [
  { id: 1, a: 7, b: "x" },
  { id: 2, a: null, b: "x" },
  { id: 3, a: null, b: "x" },
];
// 2,000 or more rows go through a temporary table.
const MANY = Array.from({ length: 2_100 }, (_, index) => ({ id: 10 + index, a: null, b: null }));

const WRITES: Readonly<Record<string, (update: "changed") => Promise<unknown>>> = {
  upsert: async update => {
    for (const row of CHANGES) await upsert(sql, schema, "item", row, { update });
    return 2;
  },
  "upsertMany of an array": update => upsertMany(sql, schema, "item", CHANGES, { update }),
  "upsertMany through a temporary table": async update =>
    Number(await upsertMany(sql, schema, "item", [...CHANGES, ...MANY], { update })) - MANY.length,
};

describe.each(Object.entries(WRITES))('%s with update: "changed"', (_name, write) => {
  let before: unknown[][];
  beforeEach(async () => {
    before = await plain("select xmin::text from item where id = 3");
    expect(await write("changed")).toBe(2);
  });

  test("writes a value over NULL and NULL over a value", async () => {
    expect(await plain("select id, a from item where id < 4 order by id")).toEqual([
      [1, 7],
      [2, null],
      [3, null],
    ]);
  });

  test("leaves NULL over NULL unchanged", async () => {
    expect(await plain("select xmin::text from item where id = 3")).toEqual(before);
  });
});

describe("a page requires a key that is unique and never NULL", () => {
  test.each([
    ["a nullable column", "create table t (a int unique, b int)"],
    ["a nullable column next to a NOT NULL one", "create table t (a int not null, b int, unique (a, b))"],
    [
      "a predicate",
      "create table t (a int not null, b int not null); create unique index on t (a) where b > 0",
    ],
    ["an expression", "create table t (a int not null, b int not null); create unique index on t (abs(a))"],
    [
      "a check at the end of the transaction",
      "create table t (a int not null unique deferrable initially deferred, b int)",
    ],
  ])("a table whose only unique key has %s is rejected", async (_name, template) => {
    const database = await testDatabase({ template });
    const snapshot = await loadSchema(database.sql);
    const message =
      "t has no unique key to break ties, so page is not possible; add one, or state it with declare";
    expect(() => pageSql(snapshot, "t", { orderBy: "a", limit: 1 })).toThrow(new ArgumentError(message));
    await expect(page(database.sql, snapshot, "t", { limit: 1 })).rejects.toThrow(message);
    await database.drop();
  });
});

describe("a NOT NULL column whose domain has a default can be omitted", () => {
  const stored = (): Promise<unknown[][]> => plain("select * from coded order by id");
  const DEFAULTS = ["base", "base", "own"];

  test("by insert", async () => {
    expect(await insert(sql, schema, "coded", { id: 1 })).toEqual({
      id: 1,
      code: "base",
      nested: "base",
      own: "own",
    });
    expect(await stored()).toEqual([[1, ...DEFAULTS]]);
  });

  test("by insertMany and upsertMany, next to rows with a value", async () => {
    await insertMany(sql, schema, "coded", [{ id: 1 }, { id: 2, nested: "given" }]);
    await upsertMany(sql, schema, "coded", [{ id: 3 }]);
    expect(await stored()).toEqual([
      [1, ...DEFAULTS],
      [2, "base", "given", "own"],
      [3, ...DEFAULTS],
    ]);
  });

  test("by upsert", async () => {
    await upsert(sql, schema, "coded", { id: 1 });
    expect(await stored()).toEqual([[1, ...DEFAULTS]]);
  });
});
