// PostgreSQL has no operators for a domain over an enum type: a comparison casts the column.
import { expect, test } from "bun:test";
import {
  count,
  deleteMany,
  deleteRow,
  get,
  getMany,
  groupBy,
  gt,
  ne,
  noneOf,
  oneOf,
  page,
  rowsWhere,
  scope,
  update,
  updateMany,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { rowsWhereSql } from "../../src/statements/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create type mood as enum ('sad', 'ok', 'good');
   create domain feeling as mood; create domain strong as feeling check (value::mood <> 'ok');
   create table face (m feeling primary key, n int, s strong);
   create table note (id int primary key, m feeling);`,
  `truncate face, note; insert into face values ('sad', 1, 'sad'), ('ok', 2, null), ('good', 3, 'good');
   insert into note values (1, 'sad'), (2, 'sad'), (3, 'good')`,
);

test("the column is cast to the enum type", () => {
  expect(rowsWhereSql(schema, "face", { where: { m: "sad" }, select: ["n"] }).text).toBe(
    `SELECT "n" FROM "public"."face" WHERE "m"::"public"."mood" = $1::text::"public"."mood"`,
  );
});

test("filters, groups and pages compare as the enum type does", async () => {
  expect(await count(sql, schema, "face", { where: { m: gt("sad") } })).toBe(2);
  expect(await count(sql, schema, "face", { where: { m: ne("sad"), s: "good" } })).toBe(1);
  expect(await count(sql, schema, "face", { where: { m: oneOf(["sad", "ok"]) } })).toBe(2);
  expect(await count(sql, schema, "face", { where: { s: noneOf(["sad"]) } })).toBe(1);
  expect(await groupBy(sql, schema, "face", [], { aggregates: { most: { max: "m" } } })).toEqual([
    { most: "good" },
  ]);
  const first = await page(sql, schema, "face", { orderBy: "s", limit: 2, select: ["n"] });
  const second = await page(sql, schema, "face", {
    orderBy: "s",
    limit: 2,
    select: ["n"],
    after: first.next,
  });
  expect([...first.rows, ...second.rows]).toEqual([{ n: 1 }, { n: 3 }, { n: 2 }]);
});

test("keys find their rows", async () => {
  expect(await get(sql, schema, "face", "ok")).toEqual({ m: "ok", n: 2, s: null });
  expect(await getMany(sql, schema, "face", ["good", "ok"], { select: ["n"] })).toEqual([{ n: 3 }, { n: 2 }]);
  await update(sql, schema, "face", { m: "ok", n: 20 });
  await updateMany(sql, schema, "face", [{ m: "sad", n: 10 }]);
  await upsert(sql, schema, "face", { m: "good", n: 3 }, { update: "changed" });
  await upsertMany(sql, schema, "face", [{ m: "good", n: 30 }], { update: "changed" });
  expect(await plain("select n from face order by n")).toEqual([[10], [20], [30]]);
  expect(await deleteMany(sql, schema, "note", [1])).toBe(1);
  await deleteRow(sql, schema, "face", "ok");
  expect(await plain("select n from face order by n")).toEqual([[10], [30]]);
});

test("a scope compares these columns too, also for rows without changes", async () => {
  const mine = scope(schema, { face: { m: "sad" }, note: { m: "sad" } });
  expect(await rowsWhere(sql, mine, "face", { select: ["n"] })).toEqual([{ n: 1 }]);
  expect(await updateMany(sql, mine, "note", [{ id: 3 }])).toMatchObject({ updated: 0, missing: [0] });
  await upsert(sql, mine, "note", { id: 9 });
  expect(await plain("select m from note where id = 9")).toEqual([["sad"]]);
});
