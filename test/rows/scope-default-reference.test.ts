// A write inside a scope cannot refer to a row outside by the default of a foreign key.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import { insert, insertMany, lookup, ScopeError, scope, upsert, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table owner (id int primary key, tenant int not null);
  create table pet (id int primary key, tenant int not null, owner_id int default 2 references owner, name text);
  create table tag (id int default 7, owner_id int default 2 references owner);
  create table both_of (id int primary key, ref int references owner references pet)`,
  "truncate owner, pet, tag, both_of; insert into owner values (1, 1), (2, 2); insert into pet values (1, 1, 1, 'a')",
);
const ofTenant = (tenant: number) => scope(schema, { "*": { tenant } }, { open: ["tag", "both_of"] });
const many = (length: number): { id: number }[] => Array.from({ length }, (_, at) => ({ id: 10 + at }));

test.each<[string, (mine: ReturnType<typeof ofTenant>) => Promise<unknown>]>([
  ["insert", mine => insert(sql, mine, "pet", { id: 10 })],
  ["insertMany", mine => insertMany(sql, mine, "pet", many(3))],
  [
    "insertMany of rows with other columns",
    mine => insertMany(sql, mine, "pet", [{ id: 9, owner_id: null }, { id: 10 }]),
  ],
  ["insertMany of rows for COPY", mine => insertMany(sql, mine, "pet", many(500))],
  ["upsert", mine => upsert(sql, mine, "pet", { id: 10 })],
  ["upsertMany", mine => upsertMany(sql, mine, "pet", many(3))],
  ["upsertMany by a staging table", mine => upsertMany(sql, mine, "pet", many(2_500))],
  ["lookup", mine => lookup(sql, mine, "pet", { id: 10 })],
  ["importRows", mine => importRows(sql, mine, "pet", "id\n10\n11", { format: "csv" })],
  ["a table without a rule", mine => insert(sql, mine, "tag", { id: 10 })],
])("%s", async (_, write) => {
  const error = await failure(write(ofTenant(1)));
  expect(error instanceof ScopeError ? error : error.cause).toBeInstanceOf(ScopeError);
  expect(await plain("select id, owner_id from pet union all select id, owner_id from tag")).toEqual([
    [1, 1],
  ]);
  await write(ofTenant(2));
  expect(
    await plain("select id, owner_id from pet where id = 10 union all select id, owner_id from tag"),
  ).toEqual([[10, 2]]);
});

test("upsert with replace rejects a default that refers to a row outside", async () => {
  const error = await failure(upsert(sql, ofTenant(1), "pet", { id: 1, name: "b" }, { update: "replace" }));
  expect(error).toBeInstanceOf(ScopeError);
  expect(await plain("select * from pet")).toEqual([[1, 1, 1, "a"]]);
});

test("a row without values, for which no column can be guarded, is rejected with the reason", async () => {
  expect((await failure(insert(sql, ofTenant(1), "tag", {}))).message).toBe(
    "tag: the default of owner_id cannot be checked against the snapshot's scope in a row without values; pass a value",
  );
});

test("a column of two foreign keys must refer to a row inside the scope in both tables", async () => {
  await plain("insert into owner values (3, 1), (4, 2); insert into pet values (3, 2, 2), (4, 1, 1)");
  const mine = ofTenant(1);
  for (const ref of [3, 4])
    expect(await failure(insert(sql, mine, "both_of", { id: ref, ref }))).toBeInstanceOf(ScopeError);
  expect(await insert(sql, mine, "both_of", { id: 1, ref: 1 })).toEqual({ id: 1, ref: 1 });
  expect(await plain("select id, ref from both_of")).toEqual([[1, 1]]);
});
