// What a batch takes from an earlier row for a column of another type.
import { expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table parent (id int8 primary key, n int8);
  create table child (id int primary key, small int2, big numeric, name text);
  create table moment (id int, at timestamptz, note text, primary key (id, at));
  create table copy (id int primary key, at timestamptz, note text)`,
  "truncate parent, child, moment, copy; insert into moment values (1, '2026-01-02 03:04:05.123456Z', 'old')",
);
const route = crud(sql, schema, {
  tables: {
    parent: { select: ["id", "n"], write: ["id", "n"] },
    child: { select: ["id", "small", "big", "name"], write: ["id", "small", "big", "name"] },
    moment: { write: ["id", "at", "note"] },
    copy: { write: ["id", "at", "note"] },
  },
})["/batch"]!;

const batch = (parent: object, refs: object): Promise<readonly [number, unknown]> =>
  sent([
    { op: "insert", table: "parent", id: "p", row: parent },
    { op: "insert", table: "child", row: {}, refs },
  ]);

const sent = async (operations: readonly object[]): Promise<readonly [number, unknown]> => {
  const response = await route(
    new Request("http://localhost/batch", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(operations),
    }),
  );
  return [response.status, await response.json()];
};

test("a column of integers can refer to a bigint", async () => {
  const [status] = await batch({ id: "7", n: null }, { id: "p.id", small: "p.n", big: "p.id" });
  expect(status).toBe(200);
  expect(await plain("select id, small, big::text from child")).toEqual([[7, null, "7"]]);
});

test("a bigint that the column cannot hold is rejected, and nothing is stored", async () => {
  const large = { id: "9223372036854775807", n: 40_000 };
  expect(await batch(large, { id: "p.id" })).toMatchObject([422, { errors: [{ pointer: "/1/refs/id" }] }]);
  expect(await batch(large, { id: "p.n", small: "p.n" })).toMatchObject([
    422,
    { errors: [{ pointer: "/1/refs/small" }] },
  ]);
  expect(await plain("select from parent")).toEqual([]);
});

const AT = "2026-01-02T03:04:05.123Z";
const changed = { op: "update", table: "moment", id: "m", key: { id: 1, at: AT }, row: { note: "new" } };

test.each(["update", "upsert"])(
  "%s finds a row by the millisecond of its key, and its microseconds are taken from it",
  async op => {
    const [status] = await sent([
      { ...changed, op },
      { op: "insert", table: "copy", row: {}, refs: { id: "m.id", at: "m.at", note: "m.note" } },
    ]);
    expect(status).toBe(200);
    expect(await plain("select id, at::text, note from copy")).toEqual([
      [1, "2026-01-02 03:04:05.123456+00", "new"],
    ]);
    expect(await plain("select note from moment")).toEqual([["new"]]);
  },
);

test("a column of texts cannot take a timestamp", async () => {
  const copied = { op: "insert", table: "copy", row: { id: 1 }, refs: { note: "m.at" } };
  expect(await sent([changed, copied])).toMatchObject([422, { errors: [{ pointer: "/1/refs/note" }] }]);
  expect(await plain("select note from moment")).toEqual([["old"]]);
});
