// Rows whose keys have microseconds: a Date in a path stands for its millisecond in every method, and what a batch takes
// from one row to another keeps them.
import { expect, test } from "bun:test";
import { type CrudHandler, crud } from "../../src/http/index.ts";
import { testTables } from "../support/test-tables.ts";

const AT = "2026-01-02 03:04:05.678901+00";
const { sql, schema, plain } = await testTables(
  `create table room (id int primary key);
   create table stay (at timestamptz primary key default '${AT}', version int not null default 1, note text default 'none',
     room_id int references room);
   create table note (id int primary key, at timestamptz references stay, span tstzrange, text text);
   create table seen (id int primary key, at timestamptz)`,
  `truncate room, stay, note, seen; insert into room values (1); insert into stay values ('${AT}', 1, 'a', 1);
   insert into seen values (1, '${AT}')`,
);
const write = ["at", "note"] as const;
const routes = crud(sql, schema, {
  tables: {
    stay: { write, delete: true, include: { room: true } },
    note: { write: ["id", "at", "span", "text"] },
    seen: { write: ["id", "at"] },
  },
});
const versioned = crud(sql, schema, { tables: { stay: { write, delete: true, version: "version" } } });
const PATH = `/stay/${encodeURIComponent("2026-01-02T03:04:05.678Z")}`;
const send = (
  init: RequestInit,
  query = "",
  from: Readonly<Record<string, CrudHandler>> = routes,
): Promise<Response> => from["/stay/:key"]!(new Request(`http://localhost${PATH}${query}`, init));
const batch = (operations: readonly object[]): Promise<Response> =>
  routes["/batch"]!(
    new Request("http://localhost/batch", { method: "POST", body: JSON.stringify(operations) }),
  );

test("PUT with If-Match resets the missing columns", async () => {
  const response = await send({ method: "PUT", headers: { "if-match": "*" }, body: "{}" });
  expect([response.status, ((await response.json()) as { note: string }).note]).toEqual([200, "none"]);
  expect(await plain("select at::text, note from stay")).toEqual([[AT, "none"]]);
});

test("PUT with If-Match and a version resets the missing columns", async () => {
  const response = await send({ method: "PUT", headers: { "if-match": '"1"' }, body: "{}" }, "", versioned);
  expect([response.status, response.headers.get("etag")]).toEqual([200, '"2"']);
  expect(await plain("select at::text, note from stay")).toEqual([[AT, "none"]]);
});

test("GET with include finds the row", async () => {
  const response = await send({}, "?include=room");
  const row = { at: "2026-01-02T03:04:05.678Z", version: 1, note: "a", room_id: 1, room: { id: 1 } };
  expect([response.status, await response.json()]).toEqual([200, row]);
});

test("a key that stands for two rows is a conflict, with include and If-None-Match too", async () => {
  await sql`insert into stay values ('2026-01-02 03:04:05.678902+00')`;
  const init = { method: "PUT", headers: { "if-none-match": "*" }, body: "{}" };
  const answers = [await send({}), await send({}, "?include=room"), await send(init)];
  expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
});

test("DELETE with the version deletes the row, and with another one it does not", async () => {
  const remove = async (tag: string): Promise<number> =>
    (await send({ method: "DELETE", headers: { "if-match": tag } }, "", versioned)).status;
  expect([await remove('"2"'), await plain("select at::text from stay")]).toEqual([412, [[AT]]]);
  expect([await remove('"1"'), await plain("select at::text from stay")]).toEqual([204, []]);
});

test("PUT with If-None-Match does not insert a second row of the millisecond", async () => {
  const response = await send({ method: "PUT", headers: { "if-none-match": "*" }, body: '{"note":"b"}' });
  expect(response.status).toBe(412);
  expect(await plain("select at::text, note from stay")).toEqual([[AT, "a"]]);
});

test("a batch refers to the stored timestamp of an inserted row", async () => {
  await sql`delete from stay`;
  const response = await batch([
    { op: "insert", table: "stay", id: "s", row: { note: "b" } },
    { op: "insert", table: "note", row: { id: 1 }, refs: { at: "s.at", text: "s.note" } },
  ]);
  expect(await response.json()).toEqual({
    results: [
      { at: "2026-01-02T03:04:05.678Z", version: 1, note: "b", room_id: null },
      { id: 1, at: "2026-01-02T03:04:05.678Z", span: null, text: "b" },
    ],
  });
  expect(await plain("select at::text, text from note")).toEqual([[AT, "b"]]);
});

test("a batch refers to the stored timestamps and ranges of updated rows", async () => {
  const span = `["${AT}",)`;
  await sql`insert into note values (1, null, ${span}::tstzrange)`;
  const response = await batch([
    { op: "update", table: "stay", key: "2026-01-02T03:04:05.678Z", id: "s", row: { note: "b" } },
    { op: "update", table: "note", key: 1, id: "n", row: { text: "c" }, refs: { at: "s.at" } },
    { op: "insert", table: "note", row: { id: 2 }, refs: { at: "n.at", span: "n.span" } },
    { op: "upsert", table: "seen", key: 1, id: "e", row: {} },
    { op: "insert", table: "seen", row: { id: 2 }, refs: { at: "e.at" } },
  ]);
  expect(response.status).toBe(200);
  expect(await plain("select id, at::text, span::text from note order by id")).toEqual([
    [1, AT, span],
    [2, AT, span],
  ]);
  expect(await plain("select note from stay")).toEqual([["b"]]);
  expect(await plain("select id, at::text from seen order by id")).toEqual([
    [1, AT],
    [2, AT],
  ]);
});
