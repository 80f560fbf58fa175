// Calls for a single row without options reuse the statement of an earlier call, and otherwise behave like a first call.
import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";
import {
  deleteRow,
  expr,
  get,
  insert,
  loadSchema,
  overrideIdentity,
  parseSchema,
  type QueryEvent,
  refine,
  type SchemaSnapshot,
  scope,
  traced,
  update,
  upsert,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create domain share as int check (value <= 100);
   create table item (id int primary key, tenant int not null default 1, name varchar(5), doc jsonb, at timestamptz, part share,
     tags text[], twice int generated always as (id * 2) stored);
   create table pair (a int, b text, v int check (v > 0), primary key (b, a));
   create table dated (at timestamptz primary key, v int);
   create table numbered (id int generated always as identity primary key, v int);`,
  "truncate item, pair, dated, numbered restart identity",
);

let events: QueryEvent[] = [];
const logged = traced(sql, event => void events.push(event));
beforeEach(() => {
  events = [];
});

type Row = Readonly<Record<string, unknown>>;
type Call = (schema: SchemaSnapshot, row: Row) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  insert: (own, row) => insert(logged, own, "item", row),
  update: (own, row) => update(logged, own, "item", row as never),
  upsert: (own, row) => upsert(logged, own, "item", row),
  get: (own, { id }) => get(logged, own, "item", id as never),
  deleteRow: (own, { id }) => deleteRow(logged, own, "item", id as never),
};

/** What a call sends and returns, or its error; the table has one row, with the id 1. */
async function outcomeOf(call: Call, own: SchemaSnapshot, row: Row): Promise<unknown> {
  await plain("truncate item");
  await plain("insert into item (id, name) values (1, 'old')");
  events = [];
  const result = await call(own, row).catch((error: Error) => `${error.name}: ${error.message}`);
  return { result, sent: events.map(({ text, params }) => [text, params]) };
}

const value = {
  id: fc.constantFrom<unknown>(1, 2, "3", null, 1.5, "x", [1], { id: 1 }, expr`1`),
  tenant: fc.constantFrom<unknown>(7, null, "y"),
  name: fc.constantFrom<unknown>("a", "€", null, "too long", 5, expr`'raw'`),
  doc: fc.constantFrom<unknown>({ a: [1, null] }, "text", null, undefined, expr`'{}'`),
  at: fc.constantFrom<unknown>("2026-01-01T00:00:00Z", new Date(5), null, "2026-01-01"),
  part: fc.constantFrom<unknown>(5, 101, null),
  tags: fc.constantFrom<unknown>(["a", null], [], null, "a"),
  twice: fc.constant<unknown>(2),
  wrong: fc.constant<unknown>(1),
};
const rows = fc
  .shuffledSubarray(Object.keys(value) as (keyof typeof value)[], { minLength: 1, maxLength: 4 })
  .chain(list => {
    const row = fc.record(Object.fromEntries(list.map(name => [name, value[name]])));
    return fc.array(row, { minLength: 2, maxLength: 3 });
  });

test.each(Object.entries(CALLS))(
  "%s with a snapshot that has written rows sends and returns the same as with a new one",
  async (_, call) => {
    await fc.assert(
      fc.asyncProperty(rows, async list => {
        const warm = parseSchema(schema);
        for (const row of list)
          expect(await outcomeOf(call, warm, row)).toEqual(
            await outcomeOf(call, parseSchema({ ...schema }), row),
          );
      }),
      { numRuns: 60 },
    );
  },
  300_000,
);

const texts = (): unknown[] => events.map(({ text, params }) => [text, params]);

test("the second row with the same columns has the text of the first and its own parameters", async () => {
  for (const id of [1, 2]) await insert(logged, schema, "item", { id, name: `n${id}`, at: null });
  for (const id of [1, 2]) await update(logged, schema, "item", { name: `m${id}`, id, tags: [`${id}`] });
  for (const id of [1, 2]) await upsert(logged, schema, "pair", { a: id, b: "x", v: id + 1 });
  for (const id of [1, 2]) await get(logged, schema, "item", id);
  for (const id of [1, 2]) await deleteRow(logged, schema, "item", id);
  const sent = texts() as [string, string[]][];
  expect(sent.map(([text]) => text.split(" ")[0])).toEqual([
    ...["INSERT", "INSERT", "UPDATE", "UPDATE", "INSERT", "INSERT", "SELECT", "SELECT", "DELETE", "DELETE"],
  ]);
  for (let at = 0; at < sent.length; at += 2) expect(sent[at + 1]![0]).toBe(sent[at]![0]);
  expect(sent.filter((_, at) => at % 2 === 1).map(([, params]) => params)).toEqual([
    ["2", "n2"],
    ["m2", "{2}", "2"],
    ["2", "x", "3"],
    ["2"],
    ["2"],
  ]);
  expect(await plain("select a, b, v from pair order by a")).toEqual([
    [1, "x", 2],
    [2, "x", 3],
  ]);
});

test("values of the second row are redacted as those of the first", async () => {
  const redacted: QueryEvent[] = [];
  const handle = traced(sql, event => void redacted.push(event), { redact: ["item.name"] });
  for (const id of [1, 2]) await insert(handle, schema, "item", { id, name: "a" });
  for (const id of [1, 2]) await update(handle, schema, "item", { id, name: "b" });
  expect(redacted.map(({ params }) => params.join())).toEqual([
    ...["1,[redacted]", "2,[redacted]", "[redacted],1", "[redacted],2"],
  ]);
});

test.each(["insert", "update", "upsert", "get", "deleteRow"])(
  "if a column is dropped, the error of the second %s says that the database is different from the snapshot",
  async name => {
    await plain("drop table if exists brief; create table brief (id int primary key, gone int)");
    await plain("insert into brief values (1, 1), (2, 1)");
    const own = await loadSchema(sql);
    const calls: Readonly<Record<string, (id: number) => Promise<unknown>>> = {
      insert: id => insert(sql, own, "brief", { id: id + 5, gone: 1 }),
      update: id => update(sql, own, "brief", { id, gone: 2 }),
      upsert: id => upsert(sql, own, "brief", { id, gone: 2 }),
      get: id => get(sql, own, "brief", id),
      deleteRow: id => deleteRow(sql, own, "brief", id),
    };
    await calls[name]!(1);
    await plain("alter table brief drop column gone");
    const { message } = await failure(calls[name]!(2));
    expect(message).toContain(
      "the database no longer matches the snapshot: public.brief.gone does not exist",
    );
  },
);

test("raw SQL in a row has no effect on the next row", async () => {
  await insert(sql, schema, "pair", { a: 1, b: "x", v: 1 });
  await update(sql, schema, "pair", { a: 1, b: "x", v: expr`v + ${1}` });
  await update(sql, schema, "pair", { a: 1, b: "x", v: 10 });
  await update(sql, schema, "pair", { a: 1, b: "x", v: expr`v + ${1}` });
  expect(await plain("select v from pair")).toEqual([[11]]);
});

test("a refined column is validated and converted in every row", async () => {
  const refined = refine(schema, { item: { name: v.pipe(v.string(), v.trim(), v.minLength(1)) } });
  for (const id of [1, 2]) await insert(sql, refined, "item", { id, name: ` ${id} ` });
  expect((await failure(insert(sql, refined, "item", { id: 3, name: " " }))).name).toBe("ValidationError");
  expect(await plain("select name from item order by id")).toEqual([["1"], ["2"]]);
});

test("a scope stamps rows and hides rows, although the snapshot without it has written such rows", async () => {
  for (const id of [1, 2]) await insert(sql, schema, "item", { id, name: "a" });
  await get(sql, schema, "item", 1);
  const mine = scope(schema, { item: { tenant: 2 } });
  for (const id of [3, 4]) await insert(sql, mine, "item", { id, name: "b" });
  expect([await get(sql, mine, "item", 1), (await get(sql, mine, "item", 3))?.["tenant"]]).toEqual([
    undefined,
    2,
  ]);
  expect((await failure(update(sql, mine, "item", { id: 1, name: "c" }))).name).toBe("NotFoundError");
  expect((await failure(deleteRow(sql, mine, "item", 1))).name).toBe("NotFoundError");
  expect(await plain("select id, tenant, name from item order by id")).toEqual([
    [1, 1, "a"],
    [2, 1, "a"],
    [3, 2, "b"],
    [4, 2, "b"],
  ]);
});

test("a Date in a key stands for its millisecond in every call", async () => {
  await plain("insert into dated values ('2026-01-01T00:00:00.000001Z', 1), ('2026-01-02T00:00:00Z', 2)");
  const [first, second] = [new Date("2026-01-01"), new Date("2026-01-02")];
  expect((await get(sql, schema, "dated", second))?.["v"]).toBe(2);
  expect((await get(sql, schema, "dated", first))?.["v"]).toBe(1);
  await update(sql, schema, "dated", { at: second, v: 3 });
  await update(sql, schema, "dated", { at: first, v: 4 });
  expect(await plain("select v from dated order by at")).toEqual([[4], [3]]);
});

test("the numbers of an identity column are accepted only from a snapshot that overrides it", async () => {
  const open = overrideIdentity(schema, "numbered");
  for (const id of [7, 8]) await insert(sql, open, "numbered", { id, v: id });
  expect((await failure(insert(sql, schema, "numbered", { id: 9, v: 9 }))).name).toBe("ValidationError");
  expect(await plain("select id, v from numbered order by id")).toEqual([
    [7, 7],
    [8, 8],
  ]);
});

test("each value of a row is read once", async () => {
  await insert(sql, schema, "item", { id: 1, name: "a" });
  let reads = 0;
  const row = {
    id: 2,
    get name() {
      return reads++ === 0 ? "b" : "too long";
    },
  };
  await insert(sql, schema, "item", row);
  expect([reads, await plain("select name from item order by id")]).toEqual([1, [["a"], ["b"]]]);
});

test("an object that is not plain is rejected as in the first call", async () => {
  await insert(sql, schema, "item", { id: 1, name: "a" });
  class Item {
    id = 2;
    name = "b";
  }
  expect((await failure(insert(sql, schema, "item", new Item() as never))).name).toBe("ValidationError");
});

test.each([1, 2, 3, 4, 5])(
  "a getter that changes after %i reads has no effect on the next rows",
  async last => {
    const fresh = parseSchema({ ...schema });
    let reads = 0;
    const row = {
      a: 1,
      b: "x",
      get v() {
        return reads++ < last ? 1 : null;
      },
    };
    await insert(sql, fresh, "pair", row);
    await insert(sql, fresh, "pair", { a: 2, b: "x", v: null });
    await insert(sql, fresh, "pair", { a: 3, b: "x", v: 5 });
    expect(await plain("select a, v from pair where a > 1 order by a")).toEqual([
      [2, null],
      [3, 5],
    ]);
  },
);
