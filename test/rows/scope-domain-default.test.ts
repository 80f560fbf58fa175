// The default of a domain is the default of a column that has none of its own.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import { expr, insert, insertMany, ScopeError, scope, update, upsert, upsertMany } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain second as int default 2;
  create domain inner_second as second;
  create domain random_id as uuid default gen_random_uuid();
  create table owner (id int primary key, tenant int not null);
  create table pet (id int primary key, tenant int not null, owner_id inner_second references owner);
  create table token (id random_id primary key, note text)`,
  "truncate owner, pet, token; insert into owner values (1, 1), (2, 2); insert into pet values (1, 1, 1), (2, 2, 2)",
);
const ofTenant = (tenant: number) => scope(schema, { "*": { tenant } }, { open: ["token"] });
const many = (length: number): { id: number }[] => Array.from({ length }, (_, at) => ({ id: 10 + at }));

test.each<[string, (mine: ReturnType<typeof ofTenant>) => Promise<unknown>]>([
  ["insert", mine => insert(sql, mine, "pet", { id: 10 })],
  ["insertMany", mine => insertMany(sql, mine, "pet", many(3))],
  ["insertMany of rows for COPY", mine => insertMany(sql, mine, "pet", many(500))],
  ["upsert", mine => upsert(sql, mine, "pet", { id: 10 })],
  ["upsertMany", mine => upsertMany(sql, mine, "pet", many(3))],
  ["importRows", mine => importRows(sql, mine, "pet", "id\n10\n11", { format: "csv" })],
])("%s rejects the default of a domain that refers to a row outside the scope", async (_, write) => {
  const error = await failure(write(ofTenant(1)));
  expect(error instanceof ScopeError ? error : error.cause).toBeInstanceOf(ScopeError);
  expect(await plain("select id, owner_id from pet order by id")).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await write(ofTenant(2));
  expect(await plain("select id, owner_id from pet where id = 10")).toEqual([[10, 2]]);
});

test("DEFAULT in an update is the default of the domain, which is looked up in the scope", async () => {
  const change = { owner_id: expr`DEFAULT` };
  expect(await failure(update(sql, ofTenant(1), "pet", { id: 1, ...change }))).toBeInstanceOf(ScopeError);
  await update(sql, ofTenant(2), "pet", { id: 2, owner_id: null });
  await update(sql, ofTenant(2), "pet", { id: 2, ...change });
  expect(await plain("select id, owner_id from pet order by id")).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test("upsert inserts a row whose key is the default of a domain", async () => {
  await upsert(sql, schema, "token", { note: "n" });
  expect(await plain("select note, id is not null from token")).toEqual([["n", true]]);
});
