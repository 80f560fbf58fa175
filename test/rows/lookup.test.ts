import { describe, expect, test } from "bun:test";
import { ArgumentError, eq, gt, lookup, noneOf, or, ScopeError, scope, ValueError } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { ITEM_ROWS, ITEM_TABLES } from "../support/row-tables.ts";
import { isServer, NULLS_NOT_DISTINCT } from "../support/server-version.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(ITEM_TABLES, ITEM_ROWS);

test("lookup returns the row with a unique key or creates it, and leaves an existing row unchanged", async () => {
  const { sent, onStatement } = recorder();
  expect(
    await lookup(database.sql, schema, "counter", { name: "a", note: "first" }, { onStatement }),
  ).toEqual({
    id: "1",
    name: "a",
    note: "first",
  });
  expect(sent.map(({ text }) => text)).toEqual([
    'SELECT "id", "name", "note" FROM "public"."counter" WHERE "name" = $1::text',
    'INSERT INTO "public"."counter" ("name", "note") VALUES ($1::text, $2::text) ON CONFLICT ("name") DO NOTHING RETURNING "id", "name", "note"',
  ]);
  expect(
    await lookup(
      database.sql,
      schema,
      "counter",
      { name: "a", note: "second" },
      { returning: ["id", "note"] },
    ),
  ).toEqual({
    id: "1",
    note: "first",
  });
  expect(await plain("select id::int, note from counter")).toEqual([[1, "first"]]);
});

test("twenty simultaneous lookups of the same new key get the same row", async () => {
  const found = await Promise.all(
    Array.from({ length: 20 }, () =>
      lookup(database.sql, schema, "counter", { name: "same" }, { returning: ["id"] }),
    ),
  );
  expect(new Set(found.map(row => row?.id)).size).toBe(1);
  expect(await plain("select count(*)::int from counter")).toEqual([[1]]);
});

test("lookup requires one unique key that the row has, and a scope hides other rows", async () => {
  expect(await failure(lookup(database.sql, schema, "counter", { note: "x" }, { validate: false }))).toEqual(
    new ArgumentError("counter: the row contains no unique key; unique keys of the table: (id), (name)"),
  );
  expect(
    await failure(lookup(database.sql, schema, "item", { id: 99, code: null }, { key: ["code"] })),
  ).toEqual(new ArgumentError("item.code: null cannot identify a row; pass a value"));
  const theirs = scope(schema, { item: { tenant_id: 2 } });
  expect(await failure(lookup(database.sql, theirs, "item", { id: 1 }))).toEqual(
    new ScopeError("item: the key belongs to a row outside the snapshot's scope; nothing was written"),
  );
  expect(await lookup(database.sql, theirs, "item", { id: 3 }, { returning: ["name"] })).toEqual({
    name: "theirs",
  });
});

const keyed = await testTables(
  `create table several (a int unique, b int unique, c int, d int unique deferrable, unique (a, c));
    create table strict (a int, b int, unique ${NULLS_NOT_DISTINCT} (a));
    create table loose (a int unique, b int); create table none (a int, b int);`,
);

describe("the key of lookup", () => {
  test.each([
    [
      "several",
      { a: 1, b: 1 },
      "several: the row contains several unique keys, (a), (b); choose one with key",
    ],
    [
      "several",
      { c: 1 },
      "several: the row contains no unique key; unique keys of the table: (a, c), (a), (b), (d)",
    ],
    ["several", { d: 1 }, "several: the row contains no unique key"],
    ["none", { a: 1 }, "none: the row contains no unique key; unique keys of the table: none"],
    ["loose", { a: null }, "loose.a: null cannot identify a row; pass a value"],
  ])("of a row of %s with %p", async (table, row, message) => {
    const error = await failure(lookup(keyed.sql, keyed.schema, table, row));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
  });

  test.each([
    ["an operator", gt(0)],
    ["an operator of an empty list", noneOf([])],
    ["a combination", or(gt(0), eq(1))],
    ["an object", { gt: 0 }],
  ])("is never %s, also without validation", async (_name, a) => {
    await keyed.plain("insert into loose values (1, 1)");
    const row = { a: a as never, b: 2 };
    expect(await failure(lookup(keyed.sql, keyed.schema, "loose", row, { validate: false }))).toBeInstanceOf(
      ValueError,
    );
    expect(await keyed.plain("select a, b from loose")).toEqual([[1, 1]]);
    await keyed.plain("delete from loose");
  });

  test("may be NULL if the key is NULLS NOT DISTINCT", async () => {
    if (!isServer(15)) {
      const error = await failure(lookup(keyed.sql, keyed.schema, "strict", { a: null, b: 1 }));
      expect(error).toEqual(new ArgumentError("strict.a: null cannot identify a row; pass a value"));
      return;
    }
    const first = await lookup(keyed.sql, keyed.schema, "strict", { a: null, b: 1 });
    expect(await lookup(keyed.sql, keyed.schema, "strict", { a: null, b: 2 })).toEqual(first);
    expect(await keyed.plain("select a, b from strict")).toEqual([[null, 1]]);
  });
});
