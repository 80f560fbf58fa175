// Raw SQL in an assignment is one expression, so that it cannot assign to a second column.
import { expect, test } from "bun:test";
import * as rowfn from "../support/every-entry.ts";
import { failure } from "../support/failure.ts";
import { recorder } from "../support/recording.ts";
import { testTables } from "../support/test-tables.ts";

const { expr } = rowfn;
const { sql, schema, plain } = await testTables(
  "create table doc (id int primary key, tenant int not null, title text, body text)",
  "truncate doc; insert into doc values (1, 1, 'mine', 'precious'), (2, 2, 'theirs', 'secret')",
);

test("raw SQL in an assignment is one expression", async () => {
  const mine = rowfn.scope(schema, { doc: { tenant: 1 } });
  const change = (sqlText: string) => ({ id: expr(sqlText) as never });
  const filter = { where: { id: 1 } };
  for (const text of ["3, tenant = 2", "id), tenant = (2", "(3, tenant) = (4, 2)"]) {
    const attempts = [
      async () => rowfn.updateWhere(sql, mine, "doc", change(text), filter),
      async () => rowfn.insert(sql, mine, "doc", change(text)),
      async () => rowfn.claim(sql, mine, "doc", { ...filter, set: change(text) }),
      async () => rowfn.insertMany(sql, mine, "doc", [change(text)]),
      async () => rowfn.upsertMany(sql, mine, "doc", [change(text)]),
      async () => rowfn.updateMany(sql, mine, "doc", [{ id: 1, body: expr(text) } as never]),
      async () => rowfn.lookup(sql, mine, "doc", change(text)),
      async () => rowfn.upsert(sql, mine, "doc", { id: 1 }, { update: { body: expr(text) } }),
    ];
    for (const attempt of attempts) expect(await failure(attempt())).toBeInstanceOf(rowfn.RowfnError);
  }
  const lists = ["'x', tenant = 2", "'x', 'y'", "null, 2", "(1), (2)", "'a' /* , */, 'b'", "$$,$$, 1"];
  for (const text of lists) {
    const body = expr(text);
    const change = { id: 1, body };
    for (const attempt of [
      () => rowfn.update(sql, mine, "doc", change),
      () => rowfn.updateWhere(sql, mine, "doc", { body }, { where: { id: 1 } }),
      () => rowfn.claim(sql, mine, "doc", { where: { id: 1 }, set: { body } }),
      () => rowfn.insert(sql, mine, "doc", { id: 9, body }),
      () => rowfn.upsert(sql, schema, "doc", { tenant: 1, ...change }),
      () => rowfn.upsert(sql, mine, "doc", { id: 1, title: "x" }, { update: { body } }),
      () => rowfn.upsertMany(sql, mine, "doc", [{ id: 1, title: "x" }], { update: { body } }),
      () => rowfn.lookup(sql, mine, "doc", { id: 9, body }),
    ]) {
      const error = await failure(attempt());
      expect(error).toBeInstanceOf(rowfn.ArgumentError);
      expect(error.message).toStartWith(`doc.body: expr must be one expression, received the list ${text}`);
    }
  }
  expect(await plain("select id, tenant, body from doc order by id")).toEqual([
    [1, 1, "precious"],
    [2, 2, "secret"],
  ]);
});

test("commas inside parentheses, brackets, strings and comments are part of one expression", async () => {
  const body = expr`concat(${"a"}::text, ',', (array['b', 'c'])[1], $$,$$, "title") /* , */ || ','`;
  await rowfn.updateWhere(sql, schema, "doc", { body }, { where: { id: 1 } });
  expect(await plain("select body from doc where id = 1")).toEqual([["a,b,mine,"]]);
});

test("raw SQL in an assignment can be DEFAULT", async () => {
  await rowfn.updateWhere(sql, schema, "doc", { body: expr` default ` }, { where: { id: 1 } });
  expect(await plain("select body from doc where id = 1")).toEqual([[null]]);
});

test("values next to raw SQL are validated", async () => {
  const body = expr("upper(body)");
  for (const attempt of [
    () => rowfn.update(sql, schema, "doc", { id: 1, body, title: 5 as never }),
    () => rowfn.updateWhere(sql, schema, "doc", { body, title: 5 as never }, { where: { id: 1 } }),
    () => rowfn.insert(sql, schema, "doc", { id: 9, tenant: 1, body, title: 5 as never }),
    () => rowfn.insert(sql, schema, "doc", { id: 9, body }),
    () => rowfn.insert(sql, schema, "doc", { id: expr("9") as never, body }),
    () => rowfn.insert(sql, schema, "doc", {} as never),
    () => rowfn.updateWhere(sql, schema, "doc", null as never, { where: { id: 1 } }),
  ])
    expect(await failure(attempt())).toBeInstanceOf(rowfn.ValidationError);
  expect(await plain("select id, title, body from doc order by id")).toEqual([
    [1, "mine", "precious"],
    [2, "theirs", "secret"],
  ]);
  await rowfn.updateWhere(sql, schema, "doc", { body }, { where: { id: 1 } });
  expect(await plain("select body from doc where id = 1")).toEqual([["PRECIOUS"]]);
});

test("raw SQL is a key of an upsert, unless a row that it leaves unchanged would have to be found", async () => {
  const row = { id: expr`1 + ${0}`, tenant: 1, title: "x" };
  expect(await rowfn.upsert(sql, schema, "doc", row, { returning: ["id", "title"] })).toEqual({
    id: 1,
    title: "x",
  });
  const nowhere = { where: { body: "none" } };
  expect(await rowfn.upsert(sql, schema, "doc", row, { ...nowhere, returning: false })).toBeUndefined();
  for (const options of [nowhere, { update: "changed" }] as const) {
    const { sent, onStatement } = recorder();
    const error = await failure(rowfn.upsert(sql, schema, "doc", row, { ...options, onStatement }));
    expect(error).toEqual(
      new rowfn.ArgumentError(
        'doc.id: raw SQL cannot identify the row that where or update: "changed" leaves unchanged; pass a value, or returning: false',
      ),
    );
    expect(sent).toEqual([]);
  }
});

test("an upsert whose key is raw SQL does not change a row outside the scope, and says so", async () => {
  const mine = rowfn.scope(schema, { doc: { tenant: 1 } });
  const error = await failure(rowfn.upsert(sql, mine, "doc", { id: expr`1 + ${1}`, title: "x" }));
  expect(error).toEqual(
    new rowfn.ScopeError(
      "doc: the key, which is raw SQL, belongs to a row outside the snapshot's scope, or a trigger suppressed the row; nothing was written",
    ),
  );
  expect(await plain("select title from doc where id = 2")).toEqual([["theirs"]]);
});

test("lookup rejects raw SQL as a key", async () => {
  expect(await failure(rowfn.lookup(sql, schema, "doc", { id: expr`1`, tenant: 1 }))).toEqual(
    new rowfn.ArgumentError("doc.id: raw SQL cannot identify a row; pass a value"),
  );
});
