// Values for GENERATED ALWAYS identity columns.
import { expect, test } from "bun:test";
import { exportRows, importRows } from "../../src/files/index.ts";
import {
  fingerprint,
  insert,
  insertMany,
  lookup,
  overrideIdentity,
  parseSchema,
  scope,
  update,
  upsert,
  upsertMany,
  validateInsert,
} from "../../src/index.ts";
import { insertManySql, stagedUpsertSql, upsertManySql, upsertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table person (id int generated always as identity primary key, name text, at timestamptz, size int generated always as (1) stored);
   create table other (id int generated always as identity primary key, name text);
   create table sized (size int generated always as (1) stored, id int generated always as identity primary key, name text);
   create table lone (id int generated always as identity primary key)`,
  "truncate person, other, sized, lone restart identity; insert into person (name) values ('a'), ('b')",
);
const open = overrideIdentity(schema, "person");
const people = () => plain("select id, name from person order by id");

test("each statement that inserts contains OVERRIDING SYSTEM VALUE", () => {
  const rows = [{ id: 7, name: "x" }];
  for (const text of [
    upsertSql(open, "person", rows[0]!).text,
    insertManySql(open, "person", rows).text,
    upsertManySql(open, "person", rows).text,
    stagedUpsertSql(open, "person", rows).upsert.text,
  ])
    expect(text).toMatch(
      /^INSERT INTO "public"."person" \("id", "name"\) OVERRIDING SYSTEM VALUE (VALUES|SELECT) /,
    );
  expect(upsertSql(schema, "person", rows[0]!).text).not.toContain("OVERRIDING");
});

test("insert, insertMany, upsert, upsertMany and lookup store the values", async () => {
  expect(await insert(sql, open, "person", { id: 7, name: "x" })).toMatchObject({
    id: 7,
    name: "x",
    size: 1,
  });
  expect(await insertMany(sql, open, "person", [{ id: 8 }, { name: "next" }, { id: 9, name: null }])).toBe(3);
  await upsert(sql, open, "person", { id: 1, name: "changed" });
  await upsertMany(sql, open, "person", [{ id: 2, name: "many" }, { id: 20 }]);
  await lookup(sql, open, "person", { id: 30, name: "found" });
  await update(sql, open, "person", { id: 9, name: "nine" });
  expect(await people()).toEqual([
    [1, "changed"],
    [2, "many"],
    [3, "next"],
    [7, "x"],
    [8, null],
    [9, "nine"],
    [20, null],
    [30, "found"],
  ]);
});

test("values are also stored by COPY and by staging", async () => {
  const rows = Array.from({ length: 3_000 }, (_, at) => ({ id: at + 1, name: `${at}` }));
  expect(await upsertMany(sql, open, "person", rows)).toBe(3_000);
  expect(
    await insertMany(
      sql,
      open,
      "person",
      rows.map(({ id }) => ({ id: id + 10_000 })),
    ),
  ).toBe(3_000);
  expect(await plain("select count(*)::int, min(id), max(id) from person")).toEqual([[6_000, 1, 13_000]]);
});

test("an exported file is imported again with its keys, also as an upsert", async () => {
  const text = await new Response(exportRows(sql, schema, "person", { format: "csv", orderBy: "id" })).text();
  expect(await importRows(sql, open, "person", text, { format: "csv", upsert: true })).toBe(2);
  await sql.unsafe("truncate person");
  expect(await importRows(sql, open, "person", text, { format: "csv" })).toBe(2);
  expect(await people()).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  const error = await failure(importRows(sql, schema, "person", text, { format: "csv" }));
  expect(error.message).toContain("overriding: true");
});

test("only the given table changes, other rules remain, and a scope applies", async () => {
  expect(validateInsert(open, "person", { id: "x" }).issues).toHaveLength(1);
  expect(validateInsert(open, "person", { id: 1, size: 1 }).issues).toHaveLength(1);
  expect(validateInsert(open, "other", { id: 1 }).issues).toHaveLength(1);
  const mine = scope(open, { person: { name: "mine" } });
  expect(await insert(sql, mine, "person", { id: 5 }, { returning: ["id", "name"] })).toEqual({
    id: 5,
    name: "mine",
  });
  expect(await failure(upsert(sql, mine, "person", { id: 1 }))).toHaveProperty("name", "ScopeError");
});

test("the option is not part of a stored snapshot", async () => {
  expect(fingerprint(open)).toBe(fingerprint(schema));
  const stored = parseSchema(JSON.stringify(open));
  expect(await failure(insert(sql, stored, "person", { id: 5 }))).toHaveProperty("name", "ValidationError");
  expect(await failure(insert(sql, schema, "person", { id: 5 }, { validate: false }))).toHaveProperty(
    "sqlstate",
    "428C9",
  );
});

test("an upsert of a row with only its key locks the existing row by assigning an assignable column", async () => {
  const sized = overrideIdentity(schema, "sized");
  for (const name of ["a", null])
    await upsert(sql, sized, "sized", name === null ? { id: 1 } : { id: 1, name });
  expect(await plain("select id, name from sized")).toEqual([[1, "a"]]);
});

test("without such a column the error is the server's", async () => {
  const lone = overrideIdentity(schema, "lone");
  expect(await failure(upsert(sql, lone, "lone", { id: 1 }))).toMatchObject({ sqlstate: "428C9" });
  expect(await upsert(sql, lone, "lone", { id: 1 }, { update: "nothing" })).toEqual({ id: 1 });
});
