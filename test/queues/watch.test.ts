import { afterAll, beforeAll, expect, test } from "bun:test";
import { gt, loadSchema, type SchemaSnapshot, scope } from "../../src/index.ts";
import { unwatchSql, watch, watchSql } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { eventually } from "../support/eventually.ts";
import { watching } from "../support/watching.ts";

const DATA = `
  create schema "odd ""s""";
  create domain filled as text not null;
  create table "odd ""s"""."it's" (a int8, "b c" numeric, tenant int not null default 1, note filled default 'n', at timestamptz,
    tags text[], doc jsonb, primary key (a, "b c"));
  create table stay (during daterange primary key, until tstzmultirange);
  create table thing (id int primary key, n int not null default 0);
  create table named (name text primary key, n int)`;

let database: TestDatabase;
let schema: SchemaSnapshot;
const ODD = `"odd ""s"""."it's"`;
let odd: string;
beforeAll(async () => {
  database = await testDatabase({ template: DATA, handle: { max: 4 } });
  schema = await loadSchema(database.sql, { schemas: ["public", 'odd "s"'] });
  odd = schema.relations.find(({ name }) => name === "it's")!.key;
  for (const table of [odd, "thing", "stay", "named"])
    for (const text of [...watchSql(schema, table), ...watchSql(schema, table)])
      await database.sql.unsafe(text);
});
afterAll(() => database.drop());

type Row = Record<string, unknown>;

test("inserts, updates and deletes are reported with exact key and row, whatever the settings of the writing session", async () => {
  const { got, gaps, stop } = await watching(database.sql, schema, odd);
  await database.sql.begin(async tx => {
    await tx.unsafe("set local datestyle = 'German'; set local timezone = 'Asia/Tokyo'").simple();
    await tx.unsafe(
      `insert into ${ODD} values (9007199254740993, 1.50, 1, 'x', '2026-01-02 03:04:05+00', '{a,NULL}', '{"k": 1}')`,
    );
  });
  const key = { a: "9007199254740993", "b c": "1.50" };
  const row = {
    ...key,
    ...{ tenant: 1, note: "x", at: new Date("2026-01-02T03:04:05Z"), tags: ["a", null], doc: { k: 1 } },
  };
  await eventually(() => expect(got).toEqual([{ type: "insert", key, row }]));
  await database.sql.unsafe(`update ${ODD} set note = E'line\\nfeed'`);
  await eventually(() =>
    expect(got.at(-1)).toEqual({ type: "update", key, row: { ...row, note: "line\nfeed" } }),
  );
  await database.sql.unsafe(`update ${ODD} set a = 2`);
  const moved = { ...key, a: "2" };
  await eventually(() =>
    expect(got.slice(2)).toEqual([
      { type: "delete", key, row: { ...row, note: "line\nfeed" } },
      { type: "insert", key: moved, row: { ...row, ...moved, note: "line\nfeed" } },
    ]),
  );
  await database.sql.unsafe(`delete from ${ODD}`);
  await eventually(() =>
    expect(got.at(-1)).toEqual({ type: "delete", key: moved, row: { ...row, ...moved, note: "line\nfeed" } }),
  );
  expect(gaps).toEqual([]);
  await stop();
});

test("the dates of a range are exact, whatever the DateStyle of the writer is", async () => {
  const { got, stop } = await watching(database.sql, schema, "stay");
  await database.sql.begin(async tx => {
    await tx.unsafe("set local datestyle = 'SQL, DMY'; set local timezone = 'Asia/Tokyo'").simple();
    await tx.unsafe(
      `insert into stay values ('[2026-02-01,2026-03-05)', '{[2026-02-01 00:00:00+00,2026-03-05 00:00:00+00)}')`,
    );
    await tx.unsafe("delete from stay");
  });
  await eventually(() => expect(got.map(({ type }) => type)).toContain("delete"));
  await stop();
  const during = { lower: "2026-02-01", upper: "2026-03-05", bounds: "[)" };
  const until = [{ lower: new Date("2026-02-01"), upper: new Date("2026-03-05"), bounds: "[)" }];
  expect(got).toEqual([{ type: "delete", key: { during }, row: { during, until } }] as never);
});

test("a row that is deleted and inserted again is reported with the old and the new values", async () => {
  const { got, stop } = await watching(database.sql, schema, "thing");
  await database.sql`insert into thing values (1, 1)`;
  await database.sql.unsafe("delete from thing; insert into thing values (1, 2)").simple();
  await eventually(() => expect(got).toHaveLength(3));
  await database.sql`delete from thing`;
  await stop();
  expect(got.slice(1, 3)).toEqual([
    { type: "delete", key: { id: 1 }, row: { id: 1, n: 1 } },
    { type: "insert", key: { id: 1 }, row: { id: 1, n: 2 } },
  ]);
});

test("rows outside the scope are never reported, and a row that leaves the scope is reported as deleted", async () => {
  const { got, stop } = await watching(database.sql, scope(schema, { [odd]: { tenant: 1 } }), odd);
  await database.sql.unsafe(`insert into ${ODD} (a, "b c", tenant) values (1, 1, 2), (2, 1, 1), (3, 1, 1)`);
  await database.sql
    .unsafe(`update ${ODD} set note = 'secret' where tenant = 2; delete from ${ODD} where tenant = 2`)
    .simple();
  await database.sql
    .unsafe(
      `update ${ODD} set tenant = 2 where a = 2; delete from ${ODD} where a = 2; delete from ${ODD} where a = 3`,
    )
    .simple();
  await eventually(() => expect(got.filter(({ type }) => type === "delete")).toHaveLength(2));
  expect(got.filter(({ key }) => key["a"] === "1")).toEqual([]);
  expect(
    got.filter(({ type }) => type === "delete").map(({ key, row }) => [key["a"], row?.["tenant"]]),
  ).toEqual([
    ["2", 1],
    ["3", 1],
  ]);
  await stop();
});

test("only rows that match the filter are reported", async () => {
  const { got, stop } = await watching(database.sql, schema, "thing", { n: gt(5) });
  await database.sql`insert into thing values (1, 1), (2, 9)`;
  await eventually(() => expect(got).toEqual([{ type: "insert", key: { id: 2 }, row: { id: 2, n: 9 } }]));
  await database.sql`update thing set n = 0 where id = 2`;
  await eventually(() =>
    expect(got.slice(1)).toEqual([{ type: "delete", key: { id: 2 }, row: { id: 2, n: 9 } }]),
  );
  await database.sql`delete from thing`;
  await stop();
  expect(got).toHaveLength(2);
});

test("a large row is read from the table; a large deleted row is reported without its values, or as a gap if a scope applies", async () => {
  const big = "x".repeat(20_000);
  const all = await watching(database.sql, schema, odd);
  await database.sql.unsafe(`insert into ${ODD} (a, "b c", note) values (7, 7, '${big}')`);
  await eventually(() => expect(all.got).toHaveLength(1));
  expect((all.got[0]!.row as Row)["note"]).toBe(big);
  await database.sql.unsafe(`delete from ${ODD}`);
  await eventually(() =>
    expect(all.got.slice(1)).toEqual([{ type: "delete", key: { a: "7", "b c": "7" }, row: undefined }]),
  );
  await all.stop();
  const some = await watching(database.sql, scope(schema, { [odd]: { tenant: 1 } }), odd);
  await database.sql
    .unsafe(`insert into ${ODD} (a, "b c", tenant, note) values (8, 8, 2, '${big}'); delete from ${ODD}`)
    .simple();
  await eventually(() => expect(some.gaps).toEqual(["row too large"]));
  expect(some.got).toEqual([]);
  await some.stop();
});

test("a row that is inserted, deleted and inserted again in one transaction is reported as inserted at last", async () => {
  const { got, stop } = await watching(database.sql, schema, "thing");
  await database.sql.unsafe(
    `insert into thing values (7, 1); delete from thing where id = 7; insert into thing values (7, 2);
    update thing set id = 8 where id = 7; update thing set id = 7 where id = 8; update thing set id = 8 where id = 7`,
  );
  await eventually(() =>
    expect(got.at(-1)).toEqual({ type: "insert", key: { id: 8 }, row: { id: 8, n: 2 } }),
  );
  await stop();
  await database.sql`delete from thing`;
});

test("a row whose key does not fit into a notification is stored, and its changes are gaps", async () => {
  const { got, gaps, stop } = await watching(database.sql, schema, "named");
  const long = "x".repeat(9_000);
  await database.sql`insert into named values (${long}, 1)`;
  await eventually(() => expect(gaps).toEqual(["row too large"]));
  await database.sql`update named set n = 2`;
  await database.sql`update named set name = 'short'`;
  await eventually(() =>
    expect(got.map(({ type, key }) => [type, key])).toEqual([["insert", { name: "short" }]]),
  );
  await database.sql`update named set name = ${long}`;
  await eventually(() => expect(gaps).toHaveLength(4));
  await database.sql`delete from named`;
  await eventually(() => expect(gaps).toEqual(Array(5).fill("row too large")));
  expect(got.map(({ type }) => type)).toEqual(["insert", "delete"]);
  await stop();
});

test("TRUNCATE and a lost connection are gaps", async () => {
  const { gaps, got, stop } = await watching(database.sql, schema, "thing");
  await database.sql`truncate thing`;
  await eventually(() => expect(gaps).toEqual(["truncate"]));
  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'LISTEN%'`;
  await eventually(() => expect(gaps).toEqual(["truncate", "connection lost"]));
  await database.sql`insert into thing values (5, 5)`;
  await eventually(() => expect(got.map(({ key }) => key)).toEqual([{ id: 5 }]));
  await stop();
});

test("an unknown table or column is rejected immediately, and unwatchSql drops everything", async () => {
  expect(() => watch(database.sql, schema, "thign")).toThrow('did you mean "thing"?');
  expect(() => watch(database.sql, schema, "thing", { where: { m: 1 } })).toThrow('thing has no column "m"');
  for (const table of [odd, "thing", "stay", "named"])
    for (const text of unwatchSql(schema, table)) await database.sql.unsafe(text);
  const left = await database.sql`select proname from pg_proc where proname like 'rowfn%'`;
  expect(left).toHaveLength(0);
});

test("watch of a table without the triggers, or with disabled ones, fails with the SQL to run", async () => {
  const reason = 'thing has no triggers for watch; run the statements of watchSql(schema, "thing")';
  for (const text of unwatchSql(schema, "thing")) await database.sql.unsafe(text);
  await expect(watch(database.sql, schema, "thing").next()).rejects.toThrow(reason);
  for (const text of watchSql(schema, "thing")) await database.sql.unsafe(text);
  await database.sql.unsafe("alter table thing disable trigger all");
  await expect(watch(database.sql, schema, "thing").next()).rejects.toThrow(reason);
  await database.sql.unsafe("alter table thing enable trigger all");
});

test("onListen is called when listening is confirmed, before the first change", async () => {
  const end = new AbortController();
  const confirmed = Promise.withResolvers<void>();
  const options = { signal: end.signal, onListen: confirmed.resolve };
  const changes = watch(database.sql, schema, "thing", options);
  const first = changes.next();
  await confirmed.promise;
  end.abort();
  expect((await first).done).toBe(true);
});
