// Upserts of postgres_fdw tables by keys that `declare` adds.
import { expect, test } from "bun:test";
import { importRows } from "../../src/files/index.ts";
import { ConstraintError, excluded, expr, lookup, old, scope, upsert, upsertMany } from "../../src/index.ts";
import { upsertManySql, upsertSql } from "../../src/statements/index.ts";
import { failure } from "../support/failure.ts";
import { foreignTables } from "../support/foreign-tables.ts";

const { database, schema, stored } = await foreignTables();

test("an upsert of a foreign table updates the rows with the key, and then inserts the row if the key is new", () => {
  expect(upsertSql(schema, "person", { id: 1, name: "An" }, { returning: ["name"] })).toEqual({
    text:
      'WITH "excluded" ("id", "name") AS (SELECT $1::text::int4, $2::text), ' +
      '"changed" AS (UPDATE "public"."person" SET "name" = EXCLUDED."name" FROM "excluded" ' +
      'WHERE "person"."id" = ANY (ARRAY(SELECT "id" FROM "excluded")) AND "person"."id" = EXCLUDED."id" RETURNING "person"."id", "person"."name"), ' +
      '"added" AS (INSERT INTO "public"."person" ("id", "name") SELECT "id", "name" FROM "excluded" ' +
      'WHERE (SELECT count(*) FROM "changed") >= 0 AND NOT EXISTS (SELECT FROM "public"."person" AS "same" ' +
      'WHERE "same"."id" = ANY (ARRAY(SELECT "id" FROM "excluded")) AND "same"."id" = EXCLUDED."id") ORDER BY "id" RETURNING "id", "name") ' +
      'SELECT "person"."name" FROM (TABLE "changed" UNION ALL TABLE "added") AS "person"',
    params: ["1", "An"],
    output: expect.anything() as never,
  });
});

test("only the rows with the keys are read and locked on the remote server", async () => {
  const { text, params } = upsertManySql(schema, "person", [{ id: 1, name: "An" }]);
  const plan = (await database.sql.unsafe(`explain (verbose, costs off) ${text}`, [...params]).values()).join(
    "\n",
  );
  const scans = [...plan.matchAll(/Remote SQL: (SELECT .*)/g)].map(([, sql]) => sql);
  expect(scans).toEqual([
    "SELECT id, name, email, visits, tenant, ctid FROM remote.person WHERE ((id = ANY ($1::integer[]))) FOR UPDATE",
    "SELECT id FROM remote.person WHERE ((id = ANY ($1::integer[])))",
  ]);
});

test("upsert returns the stored row, and inserted reports whether it is new", async () => {
  const { sql } = database;
  expect(await upsert(sql, schema, "person", { id: 1, name: "An" })).toEqual({
    ...{ id: 1, name: "An", email: "a@x", visits: 5, tenant: 1 },
  });
  expect(
    await upsert(sql, schema, "person", { id: 3, name: "Cy" }, { returning: ["id"], inserted: true }),
  ).toEqual({
    ...{ row: { id: 3 }, inserted: true },
  });
  const again = await upsert(
    sql,
    schema,
    "person",
    { id: 3, name: "Cyd" },
    { returning: false, inserted: true },
  );
  expect(again).toEqual({ row: undefined, inserted: false });
  expect(await upsert(sql, schema, "person", { id: 4, name: "Di" }, { returning: false })).toBeUndefined();
  expect(await stored()).toEqual([
    [1, "An", "a@x", 5, 1],
    [2, "Ben", null, 6, 2],
    [3, "Cyd", null, 1, null],
    [4, "Di", null, 1, null],
  ]);
});

test("raw SQL is evaluated once, and DEFAULT is the default of the foreign table", async () => {
  const { sql } = database;
  const visits = expr`nextval('number')`;
  await upsert(sql, schema, "person", { id: 1, name: expr`upper(${"an"})`, visits } as never);
  await upsert(sql, schema, "person", { id: 3, name: expr`'Cy'`, visits, email: null } as never);
  await upsert(sql, schema, "person", { id: 2, name: "Ben", visits: expr`default` } as never);
  expect(await stored()).toEqual([
    [1, "AN", "a@x", 1, 1],
    [2, "Ben", null, 1, 2],
    [3, "Cy", null, 2, null],
  ]);
});

test('update accepts computed changes, a list, "nothing", "changed" and "replace"', async () => {
  const { sql } = database;
  const options = { update: { visits: expr`${old("visits")} + ${excluded("visits")}` } };
  await upsert(sql, schema, "person", { id: 1, name: "x", visits: 10 }, options);
  await upsert(sql, schema, "person", { id: 2, name: "x" }, options);
  await upsert(sql, schema, "person", { id: 1, name: "x", email: "b@x" }, { update: ["email"] });
  expect(await upsert(sql, schema, "person", { id: 2, name: "x" }, { update: "nothing" })).toBeUndefined();
  expect(
    await upsert(sql, schema, "person", { id: 3, name: "Cy" }, { update: "nothing", returning: ["id"] }),
  ).toEqual({
    id: 3,
  });
  expect(
    await upsertMany(
      sql,
      schema,
      "person",
      [
        { id: 3, name: "Cy" },
        { id: 4, name: "Di" },
      ],
      { update: "changed" },
    ),
  ).toBe(1);
  expect(await stored()).toEqual([
    [1, "Ann", "b@x", 15, 1],
    [2, "Ben", null, 7, 2],
    [3, "Cy", null, 1, null],
    [4, "Di", null, 1, null],
  ]);
  await upsert(sql, schema, "person", { id: 1, name: "New" }, { update: "replace" });
  expect((await stored())[0]).toEqual([1, "New", null, 1, null]);
});

test("where selects the existing rows to change, and every row is returned", async () => {
  const { sql } = database;
  const where = expr`${old("visits")} < ${excluded("visits")}`;
  const row = { id: 1, name: "An", visits: 5 };
  expect(await upsert(sql, schema, "person", row, { where, returning: ["name"] })).toEqual({ name: "Ann" });
  const rows = [
    { id: 9, name: "I", visits: 1 },
    { id: 1, name: "An", visits: 4 },
    { id: 2, name: "Bo", visits: 7 },
  ];
  expect(await upsertMany(sql, schema, "person", rows, { where, returning: ["name"] })).toEqual([
    { name: "I" },
    { name: "Ann" },
    { name: "Bo" },
  ]);
  expect(await upsertMany(sql, schema, "person", rows, { where })).toBe(0);
  expect(await stored()).toEqual([
    [1, "Ann", "a@x", 5, 1],
    [2, "Bo", null, 7, 2],
    [9, "I", null, 1, null],
  ]);
});

test("upsertMany writes rows with the same key in order, and returns rows in input order", async () => {
  const { sql } = database;
  const rows = [
    { id: 7, name: "a" },
    { id: 2, name: "b" },
    { id: 7, name: "c" },
    { id: 1, name: "d" },
  ];
  expect(await upsertMany(sql, schema, "person", rows, { returning: ["id", "name"] })).toEqual(rows);
  expect(await upsertMany(sql, schema, "person", rows)).toBe(4);
  expect((await stored()).map(([id, name]) => [id, name])).toEqual([
    [1, "d"],
    [2, "b"],
    [7, "c"],
  ]);
});

test("thousands of rows are upserted, and none if one of them fails", async () => {
  const { sql } = database;
  const rows = Array.from({ length: 2_500 }, (_, at) => ({ id: at + 1, name: `n${at}` }));
  expect(await upsertMany(sql, schema, "person", rows)).toBe(2_500);
  expect(
    await sql`select count(*)::int, count(distinct name)::int, max(id) from remote.person`.values(),
  ).toEqual([[2_500, 2_500, 2_500]]);
  const twice = [
    { id: 1, name: "x", email: "same" },
    { id: 9_000, name: "y", email: "same" },
  ];
  const error = await failure(upsertMany(sql, schema, "person", twice));
  expect(error).toBeInstanceOf(ConstraintError);
  expect(await sql`select name from remote.person where id in (1, 9000)`.values()).toEqual([["n0"]]);
});

test("a composite key and a key with microseconds identify rows", async () => {
  const { sql } = database;
  await upsertMany(sql, schema, "place", [
    { building: "A", room: 1, name: "Foyer" },
    { building: "A", room: 2, name: "Stage" },
  ]);
  expect(await sql`select building, room, name from remote.place order by 1, 2`.values()).toEqual([
    ["A", 1, "Foyer"],
    ["A", 2, "Stage"],
    ["B", 2, "Lab"],
  ]);
  const at = new Date("2026-01-01T00:00:00Z");
  await upsert(sql, schema, "event", { at, name: "one" });
  await upsertMany(sql, schema, "event", [
    { at, name: "two" },
    { at: new Date("2026-01-02T00:00:00Z"), name: "new" },
  ]);
  expect(await sql`select at::text like '%00.000001%', name from remote.event order by at`.values()).toEqual([
    [true, "two"],
    [false, "new"],
  ]);
});

test("a scope adds its value to new rows and rejects keys of rows outside the scope", async () => {
  const { sql } = database;
  const mine = scope(schema, { person: { tenant: 1 } });
  await upsert(sql, mine, "person", { id: 1, name: "An" });
  await upsertMany(sql, mine, "person", [{ id: 5, name: "Ed" }]);
  const outside = "the key belongs to a row outside the snapshot's scope; nothing was written";
  expect((await failure(upsert(sql, mine, "person", { id: 2, name: "x" }))).message).toBe(
    `person: ${outside}`,
  );
  const rows = [
    { id: 6, name: "x" },
    { id: 2, name: "x" },
  ];
  expect((await failure(upsertMany(sql, mine, "person", rows))).message).toBe(`person, rows[1]: ${outside}`);
  expect(await stored()).toEqual([
    [1, "An", "a@x", 5, 1],
    [2, "Ben", null, 6, 2],
    [5, "Ed", null, 1, 1],
  ]);
});

test("a scope of NULL sets and finds NULL", async () => {
  const { sql } = database;
  await sql`insert into remote.person values (3, 'Cy', null, 7, null)`;
  const none = scope(schema, { person: { tenant: null } });
  const rows = [
    { id: 3, name: "Cyd" },
    { id: 4, name: "Di" },
  ];
  expect(await upsertMany(sql, none, "person", rows, { returning: ["id"] })).toEqual([{ id: 3 }, { id: 4 }]);
  await upsert(sql, none, "person", { id: 4, name: "Dia" });
  expect((await failure(upsert(sql, none, "person", { id: 1, name: "x" }))).name).toBe("ScopeError");
  expect((await stored()).slice(2)).toEqual([
    [3, "Cyd", null, 7, null],
    [4, "Dia", null, 1, null],
  ]);
});

test("a view over a foreign table can be upserted by its declared key", async () => {
  const { sql } = database;
  expect(await upsert(sql, schema, "people", { id: 1, name: "An" })).toEqual({
    id: 1,
    name: "An",
    tenant: 1,
  });
  const rows = [
    { id: 6, name: "Flo" },
    { id: 2, name: "Bo" },
  ];
  expect(await upsertMany(sql, schema, "people", rows)).toBe(2);
  expect((await stored()).map(([id, name]) => [id, name])).toEqual([
    [1, "An"],
    [2, "Bo"],
    [6, "Flo"],
  ]);
});

test("importRows with upsert and lookup write foreign tables", async () => {
  const { sql } = database;
  const file = "id,name\n2,Bo\n8,Hal\n2,Bob\n";
  expect(await importRows(sql, schema, "person", file, { format: "csv", upsert: true })).toBe(3);
  expect(await lookup(sql, schema, "person", { id: 8, name: "x" }, { returning: ["name"] })).toEqual({
    name: "Hal",
  });
  expect(await lookup(sql, schema, "person", { id: 9, name: "Ivy" }, { returning: ["name"] })).toEqual({
    name: "Ivy",
  });
  expect((await stored()).map(([id, name]) => [id, name])).toEqual([
    [1, "Ann"],
    [2, "Bob"],
    [8, "Hal"],
    [9, "Ivy"],
  ]);
});
