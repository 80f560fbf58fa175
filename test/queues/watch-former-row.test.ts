// The former row of a deleted row, whose values do not all survive JSON.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { eq, isNull, jsonNull, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { watchSql } from "../../src/queues/index.ts";
import { type TestDatabase, testDatabase } from "../../src/testing/index.ts";
import { eventually } from "../support/eventually.ts";
import { runTexts } from "../support/run-steps.ts";
import { isServer } from "../support/server-version.ts";
import { watching } from "../support/watching.ts";

const DATA = `
  create extension hstore;
  create domain list as int[];
  create table doc (id int primary key, body json);
  create domain document as jsonb;
  create type part as (data jsonb);
  create table nested (id int primary key, body jsonb, inside document, part part);
  create table odd (h hstore primary key, gone int, a json[], b jsonb[], c hstore[], d list[], note text);
  alter table odd drop gone;
  create table event (id int, h hstore, primary key (id)) partition by list (id);
  create table event_1 (h hstore, id int not null);
  alter table event attach partition event_1 for values in (1);
  ${isServer(18) ? "create table line (id int primary key, price int, doubled bigint generated always as (price * 2) virtual)" : ""}`;

let database: TestDatabase;
let sql: TestDatabase["sql"];
let schema: SchemaSnapshot;
beforeAll(async () => {
  database = await testDatabase({ template: DATA, handle: { max: 4 } });
  sql = database.sql;
  schema = await loadSchema(sql);
});
afterAll(() => database.drop());

/** The only change that a statement causes, as `watch` reports it. */
async function changeBy(statement: string, table: string, where?: Record<string, unknown>): Promise<unknown> {
  const { got, stop } = await watching(sql, schema, table, where);
  await sql.unsafe(statement);
  await eventually(() => expect(got).toHaveLength(1));
  await stop();
  return got[0];
}

test("a json value with line feeds is part of the former row", async () => {
  await runTexts(sql, watchSql(schema, "doc"));
  await sql.unsafe(`insert into doc values (1, E'{"a":\\n[1,\\n2]}')`);
  expect(await changeBy("delete from doc", "doc")).toEqual({
    type: "delete",
    key: { id: 1 },
    row: { id: 1, body: { a: [1, 2] } },
  });
});

for (const log of [false, true])
  test(`JSON's null is part of the former row and matches a filter, log: ${log}`, async () => {
    for (const table of ["doc", "nested"]) await runTexts(sql, watchSql(schema, table, { log }));
    await sql.unsafe(
      "insert into doc values (1, 'null'), (2, null); insert into nested values (1, 'null', 'null')",
    );
    expect(await changeBy("delete from doc", "doc", { body: isNull() })).toMatchObject({
      type: "delete",
      row: { id: 2, body: null },
    });
    expect(await changeBy("delete from nested", "nested", { body: eq(jsonNull) })).toMatchObject({
      type: "delete",
      row: { id: 1, body: jsonNull, inside: jsonNull, part: null },
    });
    await sql.unsafe("insert into nested (id, part) values (2, row('null'::jsonb))");
    expect(await changeBy("delete from nested", "nested", { body: isNull() })).toMatchObject({
      row: { id: 2, body: null, inside: null, part: { data: jsonNull } },
    });
  });

test("escapes of NUL and of lone surrogates in json are part of the former row", async () => {
  await runTexts(sql, watchSql(schema, "doc"));
  await sql.unsafe(`insert into doc values (1, '["\\u0000", "\\ud800", "\\u0041"]')`);
  expect(await changeBy("delete from doc", "doc")).toEqual({
    type: "delete",
    key: { id: 1 },
    row: { id: 1, body: ["\0", "\ud800", "A"] },
  });
});

for (const log of [false, true])
  test(`values that PostgreSQL does not read from its own JSON are part of the former row, log: ${log}`, async () => {
    await runTexts(sql, watchSql(schema, "odd", { log }));
    await sql.unsafe(
      `insert into odd values ('k=>"1,2"', array['[1, 2]']::json[], array['[1]', '[2, 3]', null]::jsonb[],
        array['x=>NULL'::hstore], array['{1,2}', '{3}']::list[], E'line\\n"feed"\\\\')`,
    );
    const row = (
      await sql`select h::text as h, a::text as a, b::text as b, c::text as c, d::text as d from odd`
    )[0];
    expect(row).toEqual({
      ...{ h: '"k"=>"1,2"', a: '{"[1, 2]"}', b: '{[1],"[2, 3]",NULL}' },
      ...{ c: '{"\\"x\\"=>NULL"}', d: '{"{1,2}","{3}"}' },
    });
    expect(await changeBy("delete from odd", "odd")).toMatchObject({
      type: "delete",
      key: { h: '"k"=>"1,2"' },
      row: {
        ...{ h: '"k"=>"1,2"', a: [[1, 2]], b: [[1], [2, 3], null] },
        ...{ c: ['"x"=>NULL'], d: [[1, 2], [3]], note: 'line\n"feed"\\' },
      },
    });
  });

test("an update of a row whose key PostgreSQL does not read from its own JSON is reported", async () => {
  await runTexts(sql, watchSql(schema, "odd"));
  await sql.unsafe(`insert into odd (h) values ('k=>2')`);
  expect(await changeBy("update odd set note = 'new'", "odd")).toMatchObject({
    type: "update",
    key: { h: '"k"=>"2"' },
    row: { note: "new" },
  });
});

test("the former row of a partition with another order of columns has the values of its columns", async () => {
  await runTexts(sql, watchSql(schema, "event"));
  await sql.unsafe("insert into event values (1, 'a=>b')");
  expect(await changeBy("delete from event", "event")).toEqual({
    type: "delete",
    key: { id: 1 },
    row: { id: 1, h: '"a"=>"b"' },
  });
});

test.if(isServer(18))("a virtual column is part of the former row, also for the filter", async () => {
  await runTexts(sql, watchSql(schema, "line"));
  await sql.unsafe("insert into line values (1, 5), (2, 7)");
  expect(await changeBy("delete from line", "line", { doubled: 14 })).toEqual({
    type: "delete",
    key: { id: 2 },
    row: { id: 2, price: 7, doubled: "14" },
  });
});
